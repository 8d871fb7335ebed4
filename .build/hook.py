"""The native engine is built when the package is: a hook for hatchling, which a missing compiler does not stop."""

import os
import subprocess
import sys
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class NativeEngine(BuildHookInterface):
    """Builds the engine into the source tree and puts it into the wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build; say so and go on without where that fails."""
        environment = {**os.environ, "TURUNAN_PURE": "1"}
        done = subprocess.run(
            [sys.executable, "-m", "autograd.native"], cwd=self.root, env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            self.app.display_warning(done.stderr.strip() or done.stdout.strip())
            return
        build_data["pure_python"] = False
        build_data["infer_tag"] = True
        build_data["artifacts"] += ["/autograd/native/_engine.*"]
