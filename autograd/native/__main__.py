"""``python -m autograd.native [FOLDER]``: build the native engine of this copy, into its own folder unless another is given."""

import sys
from pathlib import Path

from .build import build

try:
    print(f"built {build(*map(Path, sys.argv[1:2]))}")
except RuntimeError as trouble:
    sys.exit(str(trouble))
