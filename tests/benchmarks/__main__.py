"""The table: every figure against its peers, side by side in one run.

python -m tests.benchmarks                        everything, some thirty minutes
python -m tests.benchmarks --quick                smaller graphs, a few minutes
python -m tests.benchmarks --only network product --json figures.json --markdown figures.md
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from rich.console import Console

from .figures import FIGURES
from .machine import described, machine
from .table import as_json, markdown, rich_table, titled
from .timing import ROUNDS, one_core


def main() -> None:
    """Measure the figures that were asked for, print each as soon as it is known, write what was asked to be written."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks", description="turunan beside its peers: ratios, CPU times on one core, memory"
    )
    parser.add_argument(
        "--only", nargs="+", choices=FIGURES, metavar="FIGURE", help=f"some of the figures: {', '.join(map(repr, FIGURES))}"
    )
    parser.add_argument("--quick", action="store_true", help="smaller graphs")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="how many rounds the medians are of (default %(default)s)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything that was measured")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the tables")
    options = parser.parse_args()

    console = Console(width=None if sys.stdout.isatty() else 140)
    facts = machine(one_core())
    console.print(described(facts), highlight=False)
    console.print(f"CPU time; medians of {options.rounds} rounds; ± is half the distance of the quartiles;")
    console.print("a ratio is the median of the rounds' own ratios to the first row\n")
    tables, results = [f"{described(facts)}\n"], {}
    for name in options.only or FIGURES:
        figure = FIGURES[name]
        results[name] = figure.run(options.quick, options.rounds)
        title = titled(figure.title, results[name])
        console.print(rich_table(title, results[name]))
        tables.append(markdown(title, results[name]))
        if options.markdown:
            options.markdown.write_text("\n".join(tables), encoding="utf-8")
        if options.json:
            figures = {name: [as_json(result) for result in found] for name, found in results.items()}
            options.json.write_text(json.dumps({"machine": facts, "quick": options.quick, "figures": figures}, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
