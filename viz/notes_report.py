"""What ``turunan notes`` prints and writes: the derivatives, the training, the pictures."""

from __future__ import annotations

from pathlib import Path

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from autograd.explanation import number
from nn import fit, xor

from .album import AGREE, gallery
from .engine import DrawingError
from .notes import Comparison, compare, loss, network

RATE, GOAL, EPOCHS = 4.0, 0.001, 5000


def run(out: Path) -> int:
    """Do the whole of it; returns the exit status: 0 when every derivative agrees and everything was drawn."""
    console = Console(highlight=False)
    net = network()
    L = loss(net)
    console.print(f"[bold]The network of the notes[/]: {net}, L = (y − a₃)² = {number(L.data, 6)}\n", soft_wrap=True)
    compared = compare(L)
    console.print(_table(compared))
    wrong = [row.name for row in compared if not row.apart <= AGREE]
    worst = max(row.apart for row in compared)
    console.print(
        f"[red]✗ {len(wrong)} of {len(compared)} derivatives disagree: {', '.join(wrong)}[/]\n"
        if wrong
        else f"[green]✓[/] all {len(compared)} derivatives agree to {AGREE:g}; the largest difference is {number(worst, 2)}\n"
    )
    _train(console)
    try:
        made = gallery(L, net, out)
    except DrawingError as error:
        console.print("[red]✗ no pictures:[/]", escape(f"{error}\n  turunan doctor says more"), soft_wrap=True)
        return 1
    except OSError as error:
        console.print("[red]✗ no pictures:[/]", escape(f"{out} cannot be written: {error.strerror}"), soft_wrap=True, emoji=False)
        return 1
    console.print(
        f"[green]✓[/] a picture for each of the {len(made.plates)} weights and biases is in {escape(str(out))}/",
        soft_wrap=True,
        emoji=False,
    )
    console.print(f"  open [bold]{escape(str(made.index))}[/] in a browser", soft_wrap=True, emoji=False)
    return 1 if wrong else 0


def _table(compared: list[Comparison]) -> Table:
    table = Table(title="Every derivative of the notes, three ways", title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("derivative", no_wrap=True)
    table.add_column("the notes' formula", no_wrap=True)
    for head in ("by hand", "by the engine", "by difference"):
        table.add_column(head, justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    for row in compared:
        numbers = [f"{x: .9f}".replace("-", "−") for x in (row.by_hand, row.by_engine, row.by_difference)]
        table.add_row(row.name, row.written, *numbers, "[green]✓[/]" if row.apart <= AGREE else "[red]✗[/]")
    return table


def _train(console: Console) -> None:
    """Train the notes' network, from the weights above, on XOR, and say what came of it."""
    inputs, targets = xor()
    net = network()
    history = fit(net, inputs, targets, lr=RATE, goal=GOAL, epochs=EPOCHS)
    console.print(f"[bold]Training it on XOR[/] (mean squared error, gradient descent, rate {RATE:g}):")
    console.print(f"  {history}", soft_wrap=True)
    for x, y in zip(inputs, targets, strict=True):
        console.print(f"  {x[0]:g} xor {x[1]:g} = {y:g}   the network says {net(x).data:.3f}")
    console.print()
