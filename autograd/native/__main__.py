"""``python -m autograd.native``: build the native engine of this copy."""

import sys

from .build import build

try:
    print(f"built {build()}")
except RuntimeError as trouble:
    sys.exit(str(trouble))
