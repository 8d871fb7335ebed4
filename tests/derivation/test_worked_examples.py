"""Worked examples that were published: the engine reproduces their numbers, and the checker finds what is known to be wrong in them."""

import json
import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from autograd import Value, ops
from autograd.derivation.report import Finding, Report, check

ROOT = Path(__file__).parent.parent.parent
DATA = json.loads((ROOT / "tests" / "data" / "worked_examples.json").read_text(encoding="utf-8"))
EXAMPLES = {example["id"]: example for example in DATA["examples"]}
MISTAKES = {mistake["id"]: mistake for mistake in DATA["mistakes"]}


def program(example: dict[str, Any]) -> dict[str, Value]:
    """Every quantity of an example, by the engine."""
    names: dict[str, Any] = {name: Value(float(text), name=name) for name, text in example["inputs"].items()}
    functions = {name: getattr(ops, name) for name in ("sigmoid", "tanh", "exp", "log", "sin", "relu", "maximum")}
    for line in example["forward"]:
        name, _, formula = line.partition(" = ")
        names[name] = eval(formula, {**functions, **names})
        names[name] = names[name].named(name)
    return names


def unit(printed: str) -> float:
    """One unit of the last printed digit."""
    return float(Decimal(1).scaleb(Decimal(printed).as_tuple().exponent))  # type: ignore[arg-type]


def agrees(computed: float, printed: str, units: float) -> bool:
    noise = 4e-16 * abs(computed)
    return abs(computed - float(printed)) <= units * unit(printed) * (1 + 1e-9) + noise


# ---- the engine ----


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_engine_agrees_with_every_published_number(name: str) -> None:
    example = EXAMPLES[name]
    values, published, loose = program(example), example["published"], example.get("within_one_unit", [])
    values[example["loss"]].backward()
    computed = {("forward", n): values[n].data for n in published.get("forward", {})}
    computed |= {("grad", n): values[n].grad for n in published.get("grad", {})}
    rate = float(example.get("learning_rate", "0"))
    computed |= {("updated", n): values[n].data - rate * values[n].grad for n in published.get("updated", {})}
    for local in published.get("local", {}):
        upper, lower = re.fullmatch(r"d (\w+)/d (\w+)", local).groups()  # type: ignore[union-attr]
        again = program(example)
        again[upper].backward()
        computed["local", local] = again[lower].grad
    for (kind, what), number in computed.items():
        units = 1.0 if f"{kind}.{what}" in loose else 0.5
        assert agrees(number, published[kind][what], units), f"{what}: {number!r}, published {published[kind][what]}"
        if units == 1.0:
            assert not agrees(number, published[kind][what], 0.5), f"{what} is right to the last digit"


def test_a_nudge_along_the_gradient_gives_the_published_value() -> None:
    example = EXAMPLES["micrograd-L"]
    nudge, values = example["nudge"], program(example)
    values["L"].backward()
    moved = {n: str(float(text) + float(nudge["step"]) * values[n].grad) for n, text in example["inputs"].items() if n in nudge["names"]}
    assert agrees(program(example | {"inputs": example["inputs"] | moved})["L"].data, nudge["expect"], 0.5)


# ---- the derivations ----


def sheet(name: str) -> tuple[str, Report]:
    path = ROOT / EXAMPLES[name]["sheet"]
    return path.read_text(encoding="utf-8"), check(path)


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_derivation_is_right_throughout(name: str) -> None:
    _, report = sheet(name)
    wrong = [finding for finding in report.lines if finding.verdict not in ("right", "rounding", "definition")]
    assert not wrong, f"\n{report}"
    assert report.status == 0
    assert report.summary["rounding"] == len(EXAMPLES[name].get("within_one_unit", []))


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_derivation_holds_the_inputs_and_every_published_number(name: str) -> None:
    text, report = sheet(name)
    example = EXAMPLES[name]
    judged = [f.text.split("=")[-1] for f in report.lines if f.verdict != "definition"]
    for kind, numbers in example["published"].items():
        for what, printed in numbers.items():
            assert any(re.search(rf"(?<![\d.]){re.escape(printed)}(?!\d)", said) for said in judged), f"{kind} {what} {printed}"
    for what, given in example["inputs"].items():
        assert re.search(rf"= {re.escape(given)}(?![\d])", text), f"{what} = {given}"


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_derivative_of_a_derivation_is_judged(name: str) -> None:
    """A derivative that was taken for a definition would not be checked."""
    _, report = sheet(name)
    names = {re.sub(r"[{}\\]", "", f.understood.partition(" ")[0]) for f in report.lines if f.kind in ("definition", "point")}
    for finding in report.lines:
        if finding.kind == "definition":
            left = finding.understood.partition(" ")[0]
            assert not (left.startswith("d") and any(left[1:].endswith(n) for n in names - {left})), f"{left} is taken for a quantity"
    assert any("∂" in finding.understood.partition("=")[0] and finding.verdict == "right" for finding in report.lines)


# ---- the mistakes ----


def judged(mistake: dict[str, Any], line: str) -> tuple[Report, Finding]:
    report = check("\n".join([*mistake["forward"], *mistake.get("given", []), line]) + "\n", suffix=".txt")
    assert report.summary["unreadable"] == 0, f"\n{report}"
    return report, report.lines[-1]


@pytest.mark.parametrize("name", MISTAKES)
def test_a_known_mistake_is_found_and_its_cause_named(name: str) -> None:
    mistake = MISTAKES[name]
    report, finding = judged(mistake, mistake["wrong"])
    assert (finding.verdict, finding.code) == ("wrong", mistake["code"]), f"\n{report}"
    assert report.first_wrong == finding.line == len(mistake["forward"]) + len(mistake.get("given", [])) + 1
    assert report.status == 1


@pytest.mark.parametrize("name", MISTAKES)
def test_the_right_line_is_right(name: str) -> None:
    report, finding = judged(MISTAKES[name], MISTAKES[name]["right"])
    assert (finding.verdict, report.status) == ("right", 0), f"\n{report}"


@pytest.mark.parametrize("name", MISTAKES)
def test_the_suggestion_is_a_right_line(name: str) -> None:
    mistake = MISTAKES[name]
    _, wrong = judged(mistake, mistake["wrong"])
    assert wrong.suggestion is not None
    report, finding = judged(mistake, wrong.suggestion)
    assert (finding.verdict, report.status) == ("right", 0), f"\n{report}"


# ---- printed numbers ----

MAZUR = ROOT / "examples" / "mazur" / "mazur.md"


def mazur_with(old: str, new: str) -> tuple[Report, list[Finding]]:
    text = MAZUR.read_text(encoding="utf-8")
    assert text.count(old) == 1
    line = text[: text.index(old)].count("\n") + 1
    report = check(text.replace(old, new), suffix=".md")
    return report, [finding for finding in report.lines if finding.line == line]


def test_a_last_digit_rounded_the_wrong_way_is_rounding() -> None:
    report = check(MAZUR)
    found = {finding.text.split("=")[-1].strip(): finding.verdict for finding in report.lines if finding.verdict == "rounding"}
    assert found == {"0.741365069": "rounding", "-0.019049119": "rounding"}


def test_a_mistyped_digit_does_not_follow() -> None:
    report, findings = mazur_with("0.138498562 * 0.40 = 0.055399425", "0.138498562 * 0.40 = 0.055399435")
    assert [(f.verdict, f.code) for f in findings] == [("right", None), ("right", None), ("wrong", "D113")], f"\n{report}"
    assert report.first_wrong == findings[0].line
    assert report.summary["wrong"] == 1


def test_the_report_shows_the_digits_in_which_a_number_is_wrong() -> None:
    report, _ = mazur_with("0.138498562 * 0.40 = 0.055399425", "0.138498562 * 0.40 = 0.055399435")
    assert "0.055399435" in str(report) and "0.055399425" in str(report).partition("0.055399435")[2]


def test_mazur_s_closing_number_is_that_of_updated_weights() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "examples" / "mazur" / "closing_number.py"], capture_output=True, text=True, check=True
    ).stdout
    right, printed = DATA["closing"]["right"], DATA["closing"]["printed"]
    assert re.search(rf"together\s+{right}\s+right", done)
    assert re.search(rf"new w5 to w8\s+{printed}\s+updated weights", done)


AFTER = r"""
After one update of all eight weights:

$$v_1 = w_1^{+} i_1 + w_2^{+} i_2 + b_1, \quad v_2 = w_3^{+} i_1 + w_4^{+} i_2 + b_1$$

$$r_1 = \sigma(w_5^{+} \sigma(v_1) + w_6^{+} \sigma(v_2) + b_2), \quad r_2 = \sigma(w_7^{+} \sigma(v_1) + w_8^{+} \sigma(v_2) + b_2)$$

$$E_{after} = \frac{1}{2} (target_{o1} - r_1)^2 + \frac{1}{2} (target_{o2} - r_2)^2 = NUMBER$$
"""


@pytest.mark.parametrize(("number", "verdict"), [(DATA["closing"]["right"], "right"), (DATA["closing"]["printed"], "wrong")])
def test_mazur_s_closing_number_on_the_sheet(number: str, verdict: str) -> None:
    report = check(MAZUR.read_text(encoding="utf-8") + AFTER.replace("NUMBER", number), suffix=".md")
    assert report.lines[-1].verdict == verdict, f"\n{report}"
    assert report.summary["unreadable"] == 0
    assert report.status == (verdict != "right")


def test_mazur_s_hidden_layer_with_the_output_s_new_weights() -> None:
    """What his program did: w5⁺ in the place of w5, in the middle of the sheet."""
    report, findings = mazur_with(
        r"\frac{\partial net_{o1}}{\partial out_{h1}} = w_5 = 0.40", r"\frac{\partial net_{o1}}{\partial out_{h1}} = w_5^{+} = 0.35891648"
    )
    assert findings[0].verdict == "wrong", f"\n{report}"
    assert findings[0].code == "D111"


# ---- false alarms ----


@pytest.mark.parametrize(
    ("text", "suffix"),
    [
        (
            "def sigmoid_derivative(x):\n    return x * (1 - x)\n\n\n"
            "z = w * i\na = sigmoid(z)\nL = 0.5 * (a - y) ** 2\ndz = (a - y) * sigmoid_derivative(a)\ndw = dz * i\n",
            ".py",
        ),
        (
            "sigmoid_derivative(x) = x*(1-x)\nz = w*i\na = sigmoid(z)\nL = 0.5*(a-y)^2\n"
            "dL/dz = (a-y)*sigmoid_derivative(a)\ndL/dw = dL/dz*i\n",
            ".txt",
        ),
        (
            "def sigmoid_prime(x):\n    return x * (1 - x)\n\n\n"
            "x1 = 0.5\nz = w * x1\na = sigmoid(z)\nL = (a - y) ** 2\nda = 2 * (a - y)\ndz = da * sigmoid_prime(a)\n",
            ".py",
        ),
    ],
    ids=["python", "text", "prime"],
)
def test_the_sigmoid_s_derivative_as_a_function_of_the_activation_is_right(text: str, suffix: str) -> None:
    report = check(text, suffix=suffix)
    assert report.status == 0, f"\n{report}"
    assert all(f.verdict in ("right", "definition") for f in report.lines)


@pytest.mark.parametrize("at", ["z", "i"])
def test_that_function_anywhere_but_at_the_activation_is_wrong(at: str) -> None:
    text = f"sigmoid_derivative(x) = x*(1-x)\nz = w*i\na = sigmoid(z)\nL = 0.5*(a-y)^2\ndL/dz = (a-y)*sigmoid_derivative({at})\n"
    report = check(text, suffix=".txt")
    assert (report.lines[-1].verdict, report.status) == ("wrong", 1)


CROSS_ENTROPY = "z = w*x + b\na = σ(z)\nC = -(y ln(a) + (1-y) ln(1-a))\nδ = a - y\n∂C/∂z = δ\n∂C/∂w = δ x\n∂C/∂b = δ\n"


def test_the_cross_entropy_s_delta_needs_no_sigmoid_prime() -> None:
    report = check(CROSS_ENTROPY, suffix=".txt")
    assert (report.status, report.summary["right"]) == (0, 3), f"\n{report}"


def test_the_squared_error_s_does() -> None:
    report = check(CROSS_ENTROPY.replace("-(y ln(a) + (1-y) ln(1-a))", "½(a - y)²"), suffix=".txt")
    assert report.lines[-3].verdict == "wrong", f"\n{report}"
    assert report.lines[-3].code == "D103"
