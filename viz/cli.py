"""The command line, ``turunan``; every command imports what it needs when it runs."""

from __future__ import annotations

import io
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
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without ∂ shows a question mark
    try:
        app()
    except ImportError:
        _say_if_foreign()
        raise


def _say_if_foreign() -> None:
    """End with nn's own words when the autograd here is the other package of that name."""
    try:
        import nn  # noqa: F401
    except ImportError as error:
        typer.echo(f"turunan: {error}", err=True)
        sys.exit(2)


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(f"turunan {version('turunan')}")
        raise typer.Exit


@app.callback()
def _turunan(
    _: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which version this is.")] = False,
) -> None: ...


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


@app.command()
def check(
    files: Annotated[list[Path], typer.Argument(help="Derivations: .md, .txt, .tex, or .py.", metavar="FILE…")],
    forward: Annotated[str | None, typer.Option("--forward", help="The forward program, as file.py:function.")] = None,
    format: Annotated[str, typer.Option("--format", help="text, json, junit, sarif, github, markdown, or html.")] = "text",
    points: Annotated[int, typer.Option("--points", min=1, max=100, help="How many random points.")] = 5,
    seed: Annotated[int, typer.Option("--seed", help="The points' seed.")] = 7,
    alias: Annotated[list[str] | None, typer.Option("--alias", help="Another name for a quantity, as A=B.")] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Write the report there.")] = None,
) -> None:
    """Check a derivation line by line. Exit: 0 all right, 1 a mistake, 2 unreadable input or usage, 3 undecided."""
    from .checking import run
    from .formats import FORMATS

    if format not in ("text", *FORMATS):
        raise typer.BadParameter(f"{format!r} is none of text, {', '.join(FORMATS)}", param_hint="--format")
    pairs = [pair.partition("=") for pair in alias or []]
    if any(not (a and sign and b) for a, sign, b in pairs):
        raise typer.BadParameter("an alias is A=B", param_hint="--alias")
    raise typer.Exit(run(files, forward, format, points, seed, {a: b for a, _, b in pairs}, out))


@app.command()
def explain(
    what: Annotated[str, typer.Argument(help="A code of a report (D104), or a derivation's file.", metavar="CODE|FILE")],
    output: Annotated[str | None, typer.Argument(help="With a file: what is differentiated, such as L.")] = None,
    quantity: Annotated[str | None, typer.Argument(help="With a file: with respect to what, such as 'W_h[0][0]'.")] = None,
    format: Annotated[str, typer.Option("--format", help="text, latex, or markdown.")] = "text",
) -> None:
    """Say what a code of a report means, or derive a derivative of a file's forward program in named steps."""
    from .checking import explain_code, explain_derivative

    said = explain_code(what) if output is None else None
    if said is None and output is not None and quantity is not None:
        try:
            said = explain_derivative(Path(what), output, quantity, format)
        except (OSError, ValueError, KeyError) as error:
            typer.echo(f"turunan: {what}: {error.strerror}" if isinstance(error, OSError) else f"turunan: {error.args[0]}", err=True)
            raise typer.Exit(2) from None
    if said is None:
        typer.echo(f"turunan: {what!r} is no code (D101 to D114, D199, D201 to D203, D301 to D303), and no FILE OUTPUT QUANTITY", err=True)
        raise typer.Exit(2)
    typer.echo(said)
