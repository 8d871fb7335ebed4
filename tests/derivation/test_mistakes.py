"""A sample of `mistakes`; the whole of it is run by ``python -m tests.derivation.mistakes``."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from random import Random

import pytest
from mistakes.mutators import MUTATORS
from mistakes.notations import NOTATIONS, SUFFIX, written
from mistakes.sheets import SHEETS, Sheet
from mistakes.trees import evaluate
from mistakes.trials import CALM, Outcome, both_found, trial
from mistakes.wrong import Mistake, mistakes

from autograd import check


@lru_cache(maxsize=1)
def every_mistake() -> tuple[Mistake, ...]:
    return tuple(mistake for sheet in SHEETS for mistake in mistakes(sheet))


@lru_cache(maxsize=1)
def sample() -> tuple[Outcome, ...]:
    """Up to five mistakes of every kind, each in one notation."""
    rng, found = Random(3), every_mistake()
    chosen = []
    for name in MUTATORS:
        kind = [mistake for mistake in found if mistake.mutator == name]
        chosen += rng.sample(kind, min(5, len(kind)))
    return tuple(trial(mistake, NOTATIONS[i % len(NOTATIONS)]) for i, mistake in enumerate(chosen))


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_the_sheets_are_right_by_our_own_reckoning(sheet: Sheet) -> None:
    for point in sheet.points(3, seed=5):
        for claim in sheet.claims:
            group = [other for other in sheet.claims if (other.upper, other.lower) == (claim.upper, claim.lower)]
            for right in claim.rights:
                total = evaluate(right, point.values, point) + sum(
                    evaluate(c.rights[0], point.values, point) for c in group if c is not claim
                )
                assert abs(total - point.partial(claim.upper, claim.lower)) < 1e-15


@pytest.mark.parametrize("notation", NOTATIONS)
@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_right_sheets_are_called_right_in_every_notation(sheet: Sheet, notation: str) -> None:
    report = check(written(sheet, notation).text, suffix=SUFFIX[notation])
    assert report.status == 0, str(report)
    assert {finding.verdict for finding in report.lines} == {"right", "definition"}


def test_every_kind_of_mistake_can_be_made() -> None:
    kinds = Counter(mistake.mutator for mistake in every_mistake())
    assert set(kinds) == set(MUTATORS) and sum(kinds.values()) > 2500


def test_a_single_mistake_is_named_by_its_line_and_nothing_else_is() -> None:
    """A number where none can be checked (dL/dq = 2 for 2q, and no point given) is undecided, which is no verdict of right."""
    missed = [o for o in sample() if not o.named and "undecided" not in o.verdicts]
    assert not missed, "\n\n".join(f"{o.mutator}: {o.before}  →  {o.after}\n{o.report}" for o in missed)


def test_the_cause_is_named_or_the_suggestion_repairs() -> None:
    named = [o for o in sample() if o.named]
    unexplained = [o for o in named if not (o.coded or o.repaired)]
    shown = "\n\n".join(f"{o.mutator}: {o.before}  →  {o.after}\n{o.report}" for o in unexplained)
    assert len(unexplained) <= 0.05 * len(named), shown
    assert sum(o.coded for o in named) >= 0.95 * len(named), "\n".join(f"{o.mutator}: {o.after}" for o in named if not o.coded)


@pytest.mark.parametrize("notation", NOTATIONS)
def test_the_suggestion_put_in_makes_the_sheet_right(notation: str) -> None:
    """One mistake of every kind: what is suggested can be read, and is right."""
    rng, found = Random(f"suggestions {notation}"), every_mistake()
    chosen = [rng.choice([mistake for mistake in found if mistake.mutator == name]) for name in MUTATORS]
    outcomes = [trial(mistake, notation) for mistake in chosen]
    failed = [o for o in outcomes if o.named and not o.repaired]
    assert len(failed) <= 1, "\n\n".join(f"{o.mutator}: {o.before}  →  {o.after}\n{o.report}" for o in failed)


def test_two_mistakes_at_once_are_both_found() -> None:
    rng, found = Random(11), [m for m in every_mistake() if m.mutator != "wrong left side"]
    pairs = []
    while len(pairs) < 30:
        one, other = rng.sample(found, 2)
        if one.sheet is other.sheet and one.number != other.number:
            pairs.append((one, other, rng.choice(NOTATIONS)))
    failed = [text for ok, text in map(both_found, pairs) if not ok]
    assert len(failed) <= 1, "\n\n".join(failed)


def test_the_same_mistake_has_the_same_verdicts_in_every_notation() -> None:
    for mistake in Random(5).sample(every_mistake(), 20):
        latex, unicode_, text = (trial(mistake, notation) for notation in ("latex", "unicode", "text"))
        assert latex.verdicts == unicode_.verdicts == text.verdicts, f"{latex.after}\n{unicode_.after}\n{text.after}"
        if all(len(claim.rights) == 1 for claim in mistake.sheet.claims):
            assert trial(mistake, "numpy").verdicts == text.verdicts


def test_what_was_not_touched_is_right_or_follows() -> None:
    for outcome in sample():
        if outcome.named:
            assert Counter(v for v in outcome.verdicts if v not in CALM).total() <= 2
