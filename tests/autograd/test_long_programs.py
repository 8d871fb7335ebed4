"""Random programs of up to 200 steps over every row: against mpmath at 40 digits, against torch, and every way against every other."""

import functools

import numpy as np
import oracle
import pytest
from hypothesis import HealthCheck, given, settings
from mpmath import mp, mpf
from programs import CONSTANTS, magnitude, programs

from autograd import OPS, Value, grad, jacfwd, topological, trace

EPSILON = 2.0**-52
long_programs = programs(set(OPS), CONSTANTS, most=200)
long = functools.partial(settings, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example])


def exactly(root, leaves):
    """Every value's number by mpmath from the leaves' own, and the derivative of the root with respect to each, at 40 digits."""
    order = topological(root)
    numbers, upstream = {}, dict.fromkeys(order, mpf(0)) | {root: mpf(1)}

    def operands(node):
        return [numbers[arg] if isinstance(arg, Value) else mpf(arg) for arg in node.args]

    for node in order:
        numbers[node] = mpf(node.data) if node.op is None else mpf(oracle.VALUE[node.op.name](*operands(node)))
    for node in reversed(order):
        if node.op is not None and upstream[node]:
            xs = operands(node)
            for arg, slope in zip(node.args, oracle.SLOPE[node.op.name], strict=True):
                if isinstance(arg, Value):
                    upstream[arg] += slope(*xs) * upstream[node]
    return numbers, [upstream.get(leaf, mpf(0)) for leaf in leaves]


def errors(root):
    """For each value how far rounding may have moved it: 4 ulp of its own (each row's promise), and what its operands brought."""
    found = {}
    for node in topological(root):
        brought = sum(abs(p) * found[arg] for arg, p in zip(node.args, node.partials, strict=True) if p is not None)
        found[node] = 0.0 if node.op is None else 1.01 * brought + 4 * EPSILON * abs(node.data) + 1e-300
    return found


@long(max_examples=40)
@given(program=long_programs)
def test_every_value_and_gradient_is_mpmaths(program):
    root, leaves = program.recorded()
    with mp.workdps(40):
        numbers, slopes = exactly(root, leaves)
        for node, bound in errors(root).items():
            assert abs(mpf(node.data) - numbers[node]) <= bound
        for leaf, slope, size in zip(leaves, slopes, magnitude(root, leaves), strict=True):
            assert oracle.close(leaf.grad, slope, 0.0, 1e-11 * size)


@long(max_examples=40)
@given(program=long_programs)
def test_forward_reverse_tape_and_arrays_are_one(program):
    root, leaves = program.recorded()
    slopes = [leaf.grad for leaf in leaves]
    sizes = [1e-12 * (size + 1e-300) for size in magnitude(root, leaves)]
    replayed = trace(root, parameters=leaves)
    theta = np.array([program.leaves])
    compiled = trace(lambda x: program.run(OPS, list(x)), inputs=list(program.leaves), parameters=[])
    tape_value, tape_slopes = replayed._tape.run(np.empty((1, 0)), np.array(program.leaves), gradients=True, summed=True)
    array_value, array_slopes = replayed.value_and_grad()
    assert tape_value.item(0) == pytest.approx(root.data, rel=1e-12)
    assert array_value == pytest.approx(root.data, rel=1e-12)
    assert compiled(np.repeat(theta, 300, axis=0)) == pytest.approx(np.full(300, root.data), rel=1e-12)
    for found in (grad(lambda xs: program.run(OPS, xs))(program.leaves), jacfwd(lambda xs: program.run(OPS, xs))(program.leaves)):
        assert (np.abs(np.subtract(found, slopes)) <= sizes).all()
    assert (np.abs(tape_slopes - slopes) <= sizes).all()
    assert (np.abs(array_slopes - slopes) <= sizes).all()


def test_the_programs_are_long_and_share_what_they_compute():
    steps, shared, rows = [], [], set()

    @long(max_examples=40, database=None)
    @given(program=long_programs)
    def look(program):
        steps.append(len(program.steps))
        rows.update(row for row, _ in program.steps)
        used = [what for _, operands in program.steps for kind, what in operands if kind == "step"]
        shared.append(len(used) - len(set(used)))

    look()
    assert max(steps) > 100
    assert max(shared) > 30
    assert rows == set(OPS)


def test_against_torch():
    torch = pytest.importorskip("torch", reason="torch is not installed: pip install -e '.[bench]'")
    there = {
        name: getattr(torch, name) for name in ("add", "sub", "mul", "div", "neg", "exp", "expm1", "sin", "cos", "tanh", "atan", "erf")
    }
    there |= {name: getattr(torch, name) for name in ("sigmoid", "relu", "square", "reciprocal", "log1p", "sqrt", "sinh", "cosh", "asinh")}

    @long(max_examples=40)
    @given(program=programs(set(there), CONSTANTS, most=200))
    def agree(program):
        root, leaves = program.recorded()
        tensors = [torch.tensor(number, dtype=torch.float64, requires_grad=True) for number in program.leaves]
        end = program.run(there, tensors, number=functools.partial(torch.tensor, dtype=torch.float64))
        end.backward()
        assert root.data == pytest.approx(end.item(), rel=1e-11)
        for leaf, tensor, size in zip(leaves, tensors, magnitude(root, leaves), strict=True):
            assert abs(leaf.grad - (0.0 if tensor.grad is None else tensor.grad.item())) <= 1e-11 * size

    agree()
