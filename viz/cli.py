"""The command line, ``turunan``; every command imports what it needs when it runs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    name="turunan",
    help="A scalar autograd engine that checks a backpropagation written by hand.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def main() -> None:
    """The console script."""
    try:
        app()
    except ImportError as error:
        if error.name != "autograd":
            raise
        typer.echo(f"turunan: {error}", err=True)  # the other package of our engine's name: nn says what to do
        sys.exit(2)


@app.callback()
def _turunan() -> None: ...


@app.command()
def notes(
    out: Annotated[Path, typer.Option("--out", "-o", help="The folder the pictures and index.html go to.")] = Path("turunan-notes"),
) -> None:
    """The handwritten notes' 2-2-1 network: every derivative three ways, training on XOR, and a picture for each."""
    from .notes_report import run

    raise typer.Exit(run(out))


@app.command()
def doctor() -> None:
    """Look at the environment: Python, packages, the drawing engine and the fonts."""
    from rich.console import Console

    from .doctor import examine

    console, findings = Console(highlight=False), examine()
    for finding in findings:
        mark = "[green]✓[/]" if finding.well else "[red]✗[/]"
        console.print(f"{mark} {finding.what:<12}", end=" ")
        console.print(finding.said, markup=False, soft_wrap=True)
    ill = sum(not finding.well for finding in findings)
    console.print("all well" if not ill else f"{ill} to mend")
    raise typer.Exit(1 if ill else 0)
