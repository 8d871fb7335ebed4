"""pytest collects ``*.derivation.md``: every line that claims something is a test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


def pytest_collect_file(parent: pytest.Collector, file_path: Path) -> pytest.Collector | None:
    """A derivation among pytest's files."""
    if file_path.name.endswith(".derivation.md"):
        return DerivationFile.from_parent(parent, path=file_path)
    return None


class DerivationFile(pytest.File):
    """A derivation; its items are its claims."""

    def collect(self) -> Iterator[pytest.Item]:
        """One item a claim; one that fails where there are none."""
        from .report import check

        report = check(self.path)
        claims = [finding for finding in report.lines if finding.verdict != "definition"]
        for finding in claims:
            shown = " ".join((finding.understood or finding.text).split())
            yield Claim.from_parent(self, name=f"line {finding.line}: {shown}", finding=finding)
        if not claims:
            yield Claim.from_parent(self, name="claims", finding=None)


class Claim(pytest.Item):
    """One line of a derivation."""

    def __init__(self, *, finding: Any, **rest: Any) -> None:
        super().__init__(**rest)
        self.finding = finding

    def runtest(self) -> None:
        """Fail unless the line is right, or right but for rounding."""
        if self.finding is None or self.finding.verdict not in ("right", "rounding"):
            raise WrongLineError(self.finding)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The report's own words instead of a traceback."""
        if not isinstance(excinfo.value, WrongLineError):
            return super().repr_failure(excinfo, style)
        if self.finding is None:
            return f"{self.path.name} claims nothing: no line has a derivative on its left side"
        from .text import block

        carries = [f"  carries line {self.finding.carries}"] if self.finding.carries else []
        return "\n".join([self.finding.verdict, *block(self.finding, self.path.name), *carries])

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where the line stands."""
        return self.path, self.finding.line - 1 if self.finding else None, self.name


class WrongLineError(Exception):
    """A line of a derivation is not right."""
