"""What is found in a graph: so many matrix products of these shapes, what repeats once, what does not vary once."""

import math

import networks
import numpy as np
import pytest
from eager import as_arrays
from test_equal_to_eager import agrees

from autograd import Value, atan2, exp, sin, tanh, trace, where
from autograd.program.blocks import Map, Product, Sum


def products(program):
    """The shapes (groups, outputs, terms, positions) of the matrix products of a program."""
    return [(*b.filters.shape, b.windows.shape[2]) for b in program.plan.lifted.blocks if isinstance(b, Product)]


@pytest.mark.parametrize(
    ("network", "shapes"),
    [
        (networks.mlp, [(1, 16, 2, 1), (1, 16, 16, 1), (1, 1, 16, 1)]),
        (networks.classifier, [(1, 6, 8, 1), (1, 4, 6, 1)]),
        (networks.convolution, [(1, 4, 9, 36), (1, 1, 36, 1)]),
        (networks.normalised, [(1, 5, 5, 1)]),
        (networks.attention, [(1, 9, 3, 4), (1, 4, 3, 4), (1, 4, 4, 3)]),
        (networks.heads, [(2, 3, 2, 1)]),
        (networks.recurrent, [(1, 4, 7, 1)] * 5),
        (networks.lstm, [(1, 12, 5, 1)] * 3),
        (networks.padded_residual, [(2, 1, 2, 1), (1, 1, 3, 5)] * 2),
    ],
)
def test_matrix_products_are_recovered_exactly(network, shapes):
    loss, arguments, parameters = network()
    program = agrees(loss, arguments, parameters)
    assert sorted(products(program)) == sorted(shapes)


def test_a_wide_network():
    loss, arguments, parameters = networks.classifier((64, 32, 10))
    arguments = [np.random.default_rng(0).uniform(size=(7, 64)), np.eye(10)[:7]]
    assert products(agrees(loss, arguments, parameters)) == [(1, 32, 64, 1), (1, 10, 32, 1)]


def test_order_of_the_terms_does_not_matter():
    w = [[Value(0.1 * (3 * i + j), name=f"w[{i}][{j}]") for j in range(4)] for i in range(3)]
    orders = [[0, 1, 2, 3], [3, 1, 0, 2], [2, 3, 1, 0]]

    def f(x):
        return sum(tanh(sum(row[j] * x[j] for j in order)) for row, order in zip(w, orders, strict=True))

    program = agrees(f, [np.random.default_rng(0).normal(size=(4, 4))], [p for row in w for p in row])
    assert products(program) == [(1, 3, 4, 1)]


def test_a_loss_over_a_whole_batch_has_the_same_products():
    x = np.random.default_rng(0).normal(size=(6, 2)).tolist()
    loss, _, parameters = networks.mlp((2, 4, 1), "tanh")
    total = sum(loss(sample, 1.0) for sample in x)
    program = trace(total, parameters=parameters)
    assert products(program) == [(1, 4, 2, 6), (1, 1, 4, 6)]
    total.backward()
    value, gradient = program.value_and_grad()
    assert value == pytest.approx(total.data, rel=1e-12)
    assert gradient == pytest.approx([p.grad for p in parameters], rel=1e-12)


def test_common_subexpressions_are_computed_once():
    w = Value(0.3, name="w")
    program = agrees(lambda x: sin(w * x) * sin(x * w) + exp(sin(w * x)), [np.array([0.5, -1.0])], [w])
    assert program.source.count("np.sin(") == 1
    assert program.plan.repeated == 4


def test_a_sum_is_one_sum_either_way_round():
    w = Value(0.3, name="w")
    program = agrees(lambda x: sin(w + x) * exp(x + w), [np.array([0.5, -1.0])], [w])
    assert program.plan.repeated == 1


def test_a_difference_is_not_turned():
    w = Value(0.3)
    agrees(lambda x: (w - x) * (x - w) / (x / w - w / x), [np.array([0.5, -1.0])], [w])


def test_what_does_not_vary_has_one_column():
    loss, arguments, parameters = networks.mlp()
    program = trace(loss, inputs=(arguments[0][0], arguments[1][0]), parameters=parameters)
    squares = [b for b in program.plan.lifted.blocks if isinstance(b, Map) and b.op.name == "mul" and not b.varying]
    assert [b.rows for b in squares] == [337, 1]


def test_dead_code_is_not_there():
    w = Value(0.3)

    def f(x):
        exp(w * x)
        return w * x

    assert "exp" not in trace(f, inputs=1.0, parameters=[w]).source


def test_sums_become_one_block_but_for_differences_inside():
    w = [Value(float(i), name=f"w[{i}]") for i in range(8)]

    def f(x):
        chain = (((w[0] + x) - w[1]) - w[2]) - w[3]
        tree = (w[4] + w[5]) + (w[6] + (-w[7]))
        return chain + tree - (x - w[0])

    program = agrees(f, [np.array([0.5, -1.0])], w)
    assert sum(isinstance(b, Sum) for b in program.plan.lifted.blocks) == 2


def test_what_differs_in_spelling_alone_is_one_row():
    w = [Value(0.3, name="w"), Value(0.4, name="v"), Value(0.5, name="u")]

    def f(x):
        y = [sin(x + 0.0), sin(x), sin(0.0 + x)]
        z = [exp((w[0] + w[1]) + w[2]), exp(w[2] + (w[1] + w[0])), exp((w[0] + w[0]) + x), exp(x + (w[0] + w[0]))]
        return y[0] * w[0] + y[1] * w[1] + y[2] * w[2] + z[0] * z[1] * x + z[2] / z[3] * x

    program = agrees(f, [np.array([0.5, -1.0])], w)
    assert [b.rows for b in program.plan.lifted.blocks if isinstance(b, Map) and b.op.name in ("sin", "exp")] == [1, 1, 1, 1]


def test_an_operation_that_is_a_constant_keeps_its_rows():
    ws = [Value(0.1 * i) for i in range(6)]
    program = trace(sum((where(1.0, 0.0, w) for w in ws), start=tanh(ws[0])), inputs=(), parameters=ws)
    lines = program.source
    assert "np.full((6, 1), 0.0)" in lines
    scope = {}
    assert compile(lines, "<program>", "exec") and not scope
    rows, _ = program._source.forward(program.parameters[:, None])
    assert rows[0, 0] == program()


def test_zeros_of_two_signs_are_two_constants():
    program = trace(lambda x: [atan2(0.0, x[0]), atan2(-0.0, x[1])], inputs=[1.0, 1.0], parameters=[])
    assert program(np.full((50_000, 2), -1.0))[0].tolist() == [np.pi, -np.pi]


def test_a_sum_of_products_that_starts_with_zero_is_a_matrix_product_also_beside_a_division():
    loss, arguments, parameters = networks.attention()
    program = trace(loss, inputs=tuple(a[0] for a in arguments), parameters=parameters)
    assert "0.0" not in program.source.partition("def backward")[0].partition("def forward")[2]


@pytest.mark.parametrize(
    ("tokens", "written"), [(3, "np.einsum('otn,tpn->opn', left1, right1)"), (8, "(left1 @ right1).transpose(1, 2, 0)")]
)
def test_the_scores_of_attention_are_a_product_of_matrices_of_every_sample(tokens, written):
    make = networks.Maker()
    weights = make.matrix("W", 8, 2)

    def loss(x):
        q = [[networks.dot(row, token) for row in weights] for token in x]
        k = [[tanh(a) for a in token] for token in q]
        return sum(tanh(networks.dot(one, other)) for one in q for other in k)

    program = agrees(loss, [networks.batch(4, tokens, 2)], make.parameters)
    assert products(program)[1:] == [(1, tokens, 8, tokens)]
    assert written in program.source


def test_products_of_matrices_of_every_sample_may_have_one_gradient_for_all():
    make = networks.Maker()
    weights = make.matrix("W", 3, 2)

    def loss(x):
        q = [[networks.dot(row, token) for row in weights] for token in x]
        scores = [networks.dot(one, other) for one in q for other in q]
        return sum(scores) + sum(scores)

    assert "np.broadcast_to(" in agrees(loss, [networks.batch(4, 3, 2)], make.parameters).source


@pytest.mark.parametrize("zero", [0.0, -0.0, 1.5])
@pytest.mark.parametrize("layers", [1, 2])
def test_a_convolution_that_is_padded_is_one_product(layers, zero):
    rng = np.random.default_rng(0)
    kernels = [[Value(v, name=f"k{i}[{j}]") for j, v in enumerate(rng.normal(size=9))] for i in range(layers)]

    def padded(image, kernel):
        wide = [[zero] * 8, *[[zero, *row, zero] for row in image], [zero] * 8]
        return [[sum(kernel[3 * a + b] * wide[i + a][j + b] for a in range(3) for b in range(3)) for j in range(6)] for i in range(6)]

    def f(image):
        for kernel in kernels:
            image = [[tanh(v) for v in row] for row in padded(image, kernel)]
        return sum(v * v for row in image for v in row)

    program = agrees(f, [rng.normal(size=(5, 6, 6))], [w for kernel in kernels for w in kernel])
    assert products(program) == [(1, 1, 9, 36)] * layers
    assert len(program.source.splitlines()) < 45 * layers


def test_a_weight_times_an_infinite_constant_is_seen_by_the_program():
    w = [Value(0.5, name="w"), Value(0.0, name="v")]
    program = trace(lambda x: (w[0] * x + w[1] * math.inf) * 1.0, inputs=1.0, parameters=w)
    as_arrays(program)
    assert program(np.linspace(-1.0, 1.0, 50), parameters=[0.5, 1.0]).tolist() == [math.inf] * 50
    assert np.isnan(program(np.linspace(-1.0, 1.0, 50), parameters=[0.5, 0.0])).all()
