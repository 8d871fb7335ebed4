"""The native engine is built when the package is: a hook for hatchling, which a missing compiler does not stop."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class NativeEngine(BuildHookInterface):
    """Builds the engine beside its sources where these are what is imported, and into the wheel elsewhere."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build; say so and go on without where that fails."""
        self.room = tempfile.TemporaryDirectory()
        folder = [] if version == "editable" else [self.room.name]
        environment = {**os.environ, "TURUNAN_PURE": "1"}
        done = subprocess.run(
            [sys.executable, "-m", "autograd.native", *folder], cwd=self.root, env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            self.app.display_warning(done.stderr.strip() or done.stdout.strip())
            return
        build_data["pure_python"] = False
        build_data["infer_tag"] = True
        build_data["force_include"] |= {str(made): f"autograd/native/{made.name}" for made in Path(self.room.name).iterdir()}

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """The wheel has what was built."""
        self.room.cleanup()
