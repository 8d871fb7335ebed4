"""Every mutant tried, and those that survived told.

python -m tests.mutation                                every module, which takes hours
python -m tests.mutation --only value.py sweep.py       some modules
python -m tests.mutation --place gelu_slope --kept log  one row or function, outcomes kept in a file
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import time
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

from .mutants import Mutant, mutants
from .workers import copied, tried, unharmed

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
OUTCOMES = {"nothing": "equivalent", "last places": "as right"}  # by what an entry of equivalents.toml says that its mutants change


def main() -> None:
    """Try the mutants that were asked for; exit status 1 when one survived that ``equivalents.toml`` does not list."""
    plan = tomllib.loads((HERE / "plan.toml").read_text(encoding="utf-8"))
    listed = tomllib.loads((HERE / "equivalents.toml").read_text(encoding="utf-8"))["equivalent"]
    parser = argparse.ArgumentParser(
        prog="python -m tests.mutation", description="mistakes in the op table and in backward, and what notices them"
    )
    parser.add_argument("--only", nargs="+", metavar="FILE", help="some of the modules, by the ends of their paths")
    parser.add_argument("--place", nargs="+", metavar="NAME", help="some rows or functions")
    parser.add_argument("--listed", action="store_true", help="try the listed equivalents too, which are left out otherwise")
    parser.add_argument("--count", action="store_true", help="say how many mutants there are, and try none")
    parser.add_argument("--kept", type=Path, metavar="FILE", help="keep outcomes here, and try no mutant again whose outcome is there")
    parser.add_argument("--processes", type=int, default=plan["processes"], help="(default %(default)s)")
    options = parser.parse_args()

    found = [mutant for mutant in mutants(ROOT, plan) if wanted(mutant, options)]
    equivalent = {key: OUTCOMES[entry["changes"]] for entry in listed for key in keys(entry)}
    for gone in equivalent.keys() - {mutant.key for mutant in found} if not (options.only or options.place) else ():
        print("listed as an equivalent, but no mutant any more:", *gone, sep="\n  ")
    if options.count:
        print(counts(dict.fromkeys(found, "not tried")))
        return
    outcomes = kept(options.kept, found)
    if not options.listed:
        outcomes |= {mutant: equivalent[mutant.key] for mutant in found if mutant.key in equivalent}
    try_all([mutant for mutant in found if mutant not in outcomes], plan, options, outcomes)

    print(counts(outcomes))
    survivors = [mutant for mutant, outcome in outcomes.items() if outcome == "survived" and mutant.key not in equivalent]
    for mutant in survivors:
        print("survived:", mutant)
    for mutant, outcome in outcomes.items():
        if mutant.key in equivalent and short(outcome) in ("killed", "timeout"):
            print(f"listed as an equivalent, but {outcome} notices it:", mutant)
    sys.exit(bool(survivors))


def keys(entry: dict[str, Any]) -> list[tuple[str, str, str, str]]:
    """The keys of one entry's mutants, as `Mutant.key`."""
    return [(entry["module"], entry["place"], entry["before"], after) for after in entry["after"]]


def wanted(mutant: Mutant, options: argparse.Namespace) -> bool:
    """Whether the command line asks for this mutant."""
    module = not options.only or any(mutant.module.endswith(end) for end in options.only)
    return module and (not options.place or mutant.place.split(" ")[0] in options.place)


def kept(path: Path | None, found: list[Mutant]) -> dict[Mutant, str]:
    """The outcomes of an earlier run."""
    if path is None or not path.exists():
        return {}
    known = {tuple(address): outcome for address, outcome in map(json.loads, path.read_text(encoding="utf-8").splitlines())}
    return {mutant: known[mutant.key] for mutant in found if mutant.key in known}


def try_all(waiting: list[Mutant], plan: dict[str, Any], options: argparse.Namespace, outcomes: dict[Mutant, str]) -> None:
    """Fill in the outcomes of the mutants that wait, and say how far it is now and then."""
    if not waiting:
        return
    modules = {module["path"]: module for module in plan["module"]}
    begun, done = time.monotonic(), 0

    def tell(mutant: Mutant, outcome: str) -> None:
        nonlocal done
        done += 1
        outcomes[mutant] = outcome
        if options.kept:
            with options.kept.open("a", encoding="utf-8") as log:
                print(json.dumps([mutant.key, outcome]), file=log)
        if outcome == "survived":
            print("survived:", mutant, flush=True)
        if done % 100 == 0:
            print(f"{done} of {len(waiting)} after {(time.monotonic() - begun) / 60:.0f} minutes", flush=True)

    with tempfile.TemporaryDirectory() as room:
        first = copied(ROOT, Path(room, "0"))
        unharmed(first, {path: modules[path]["tests"] for path in {mutant.module for mutant in waiting}}, plan["seconds"])
        copies = [first] + [Path(shutil.copytree(first, Path(room, str(i)))) for i in range(1, options.processes)]
        tried([(mutant, stages(mutant, modules[mutant.module])) for mutant in waiting], copies, plan["seconds"], tell)


def stages(mutant: Mutant, module: dict[str, Any]) -> list[list[str]]:
    """The files of tests that try the mutant, those first that look at this part of a row."""
    part = mutant.place.split(" ")[1:2]
    sooner = module.get("sooner", {}).get(*part) if part else None
    return [sooner, *module["tests"]] if sooner else list(module["tests"])


def counts(outcomes: dict[Mutant, str]) -> str:
    """A line a module: how many mutants came to what."""
    lines = []
    for module in sorted({mutant.module for mutant in outcomes}):
        tally = Counter(short(outcome) for mutant, outcome in outcomes.items() if mutant.module == module)
        lines.append(f"{module:22} {tally.total():5} mutants: " + ", ".join(f"{n} {outcome}" for outcome, n in sorted(tally.items())))
    total = Counter(short(outcome) for outcome in outcomes.values())
    lines.append(f"{'together':22} {total.total():5} mutants: " + ", ".join(f"{n} {outcome}" for outcome, n in sorted(total.items())))
    return "\n".join(lines)


def short(outcome: str) -> str:
    """An outcome in one word, where a test's name or none stands."""
    return outcome if outcome in ("survived", "timeout", "not tried", *OUTCOMES.values()) else "killed"


if __name__ == "__main__":
    main()
