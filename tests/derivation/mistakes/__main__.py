"""The command.

python -m tests.derivation.mistakes                    every mistake, each in one of the notations, in turn
python -m tests.derivation.mistakes --all              every mistake in every notation
python -m tests.derivation.mistakes --limit 500        a sample
"""

from __future__ import annotations

import argparse
import time
from collections import Counter, defaultdict
from concurrent.futures import ProcessPoolExecutor
from random import Random

from autograd import check

from .mutators import MUTATORS
from .notations import NOTATIONS, SUFFIX, written
from .published import of_examples
from .sheets import SHEETS
from .trials import Outcome, both_found, trial_of
from .wrong import mistakes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--all", action="store_true", help="every mistake in all four notations")
    parser.add_argument("--limit", type=int, default=0, help="at most so many mistakes, drawn at random")
    parser.add_argument("--failures", type=int, default=15, help="so many failures are printed in full")
    parser.add_argument("--pairs", type=int, default=400, help="so many sheets with two mistakes")
    parser.add_argument("--jobs", type=int, default=None)
    arguments = parser.parse_args()

    alarms = 0
    for sheet in SHEETS:
        verdicts = set()
        for notation in NOTATIONS:
            report = check(written(sheet, notation).text, suffix=SUFFIX[notation])
            alarms += report.status != 0
            verdicts.add(tuple(finding.verdict for finding in report.lines))
            if report.status:
                print(f"FALSE ALARM {sheet.name}, {notation}\n{report}")
    print(f"{len(SHEETS)} sheets in {len(NOTATIONS)} notations, untouched: {alarms} false alarms")

    found = [mistake for sheet in SHEETS for mistake in mistakes(sheet)]
    if arguments.limit and arguments.limit < len(found):
        found = Random(7).sample(found, arguments.limit)
    jobs = [
        (mistake, notation)
        for i, mistake in enumerate(found)
        for notation in (NOTATIONS if arguments.all else (NOTATIONS[i % len(NOTATIONS)],))
    ]
    began = time.perf_counter()
    with ProcessPoolExecutor(arguments.jobs) as pool:
        outcomes = list(pool.map(trial_of, jobs, chunksize=20))
        rng, pairs = Random(11), []
        while len(pairs) < arguments.pairs and len(found) > 1:
            one, other = rng.sample(found, 2)
            if one.sheet is other.sheet and one.number != other.number and "wrong left side" not in (one.mutator, other.mutator):
                pairs.append((one, other, rng.choice(NOTATIONS)))
        doubles = list(pool.map(both_found, pairs, chunksize=20))
        parity = [(mistake, notation) for mistake in Random(5).sample(found, min(150, len(found))) for notation in NOTATIONS]
        same = list(pool.map(trial_of, parity, chunksize=15)) if not arguments.all else []
    _table(outcomes)
    named, total = sum(o.named for o in outcomes), len(outcomes)
    coded = sum(o.named and o.coded for o in outcomes)
    causes = sum(o.named and (o.coded or o.repaired) for o in outcomes)
    print(f"\n{total} single mistakes in {time.perf_counter() - began:.0f} s: line named {named} ({named / total:.2%}; goal 99.9 %)")
    slow = max(outcomes, key=lambda o: o.seconds)
    print(f"the longest check took {slow.seconds:.2f} s ({slow.sheet}, {slow.notation}: {slow.after})")
    print(f"cause named by its code: {coded} ({coded / total:.2%})")
    print(f"cause named by its code, or by a suggestion that repairs: {causes} ({causes / total:.2%}; goal 95 %)")
    repaired = sum(o.named and o.repaired for o in outcomes)
    print(f"the suggested line, put in and checked again, makes the sheet right: {repaired} ({repaired / total:.2%})")
    for notation in NOTATIONS:
        group = [o for o in outcomes if o.notation == notation and o.named]
        print(f"  {notation:8}{sum(o.repaired for o in group)} of {len(group)} ({sum(o.repaired for o in group) / max(len(group), 1):.2%})")
    both = sum(ok for ok, _ in doubles)
    print(f"two mistakes at once: {both} of {len(doubles)} found with nothing else ({both / max(len(doubles), 1):.2%}; goal 99 %)")
    _agreement(outcomes if arguments.all else same, len(NOTATIONS))
    of_examples()
    failures = [o for o in outcomes if not o.named] + [o for o in outcomes if o.named and not (o.coded or o.repaired)]
    failures += [o for o in outcomes if o.named and o.coded and not o.repaired]
    for outcome in failures[: arguments.failures]:
        fault = "WRONG LINE" if not outcome.named else "WRONG SUGGESTION" if outcome.coded else "WRONG CAUSE"
        print(f"\n{'-' * 100}\n{fault}: {outcome.mutator}; {outcome.sheet}, {outcome.notation}")
        print(f"  was {outcome.before}\n  is  {outcome.after}\n{outcome.report}")
    for _, text in [double for double in doubles if not double[0]][:5]:
        print(f"\n{'-' * 100}\nTWO MISTAKES\n{text}")


def _table(outcomes: list[Outcome]) -> None:
    groups: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        groups[outcome.mutator].append(outcome)
    print(f"\n{'mistake':36}{'number':>8}{'line':>9}{'code':>9}{'cause':>9}   codes given instead")
    for name in MUTATORS:
        group = groups.get(name, [])
        if group:
            shares = [sum(o.named for o in group), sum(o.coded for o in group), sum(o.named and (o.coded or o.repaired) for o in group)]
            other = Counter(_code(o) for o in group if not o.coded)
            print(
                f"{name:36}{len(group):8}"
                + "".join(f"{share / len(group):9.1%}" for share in shares)
                + "   "
                + " ".join(f"{code}×{n}" for code, n in other.most_common(5))
            )


def _code(outcome: Outcome) -> str:
    return next(
        (word for line in outcome.report.splitlines() for word in line.split()[:1] if word[:1] == "D" and word[1:].isdigit()), "none"
    )


def _agreement(outcomes: list[Outcome], count: int) -> None:
    """The same mistake has the same verdicts in every notation."""
    groups = [outcomes[i : i + count] for i in range(0, len(outcomes), count)]
    apart = [group for group in groups if len({o.verdicts for o in group}) > 1]
    print(f"the same verdicts in LaTeX, Unicode, text and NumPy: {len(groups) - len(apart)} of {len(groups)} mistakes")
    for group in apart[:3]:
        for outcome in group:
            print(f"  {outcome.notation:8} {outcome.after}   {Counter(outcome.verdicts)}")


if __name__ == "__main__":
    main()
