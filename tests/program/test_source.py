"""What is written down: views of the parameters and not gathers, sums in place where nobody else reads them, names that Python reads."""

import networks
import numpy as np
import pytest
from test_equal_to_eager import agrees
from test_lifting import products

from autograd import BranchError, Value, erf, exp, relu, sin, tanh, trace, where


def test_filters_are_views_of_the_parameters():
    loss, arguments, parameters = networks.mlp()
    program = trace(loss, inputs=(arguments[0][0], arguments[1][0]), parameters=parameters)
    assert "W_h1 = theta[:48].reshape(16, 3)[:, :2]" in program.source
    assert "z1 = W_h1 @ x\n" in program.source
    assert "rows" not in program.source  # no gather


@pytest.mark.parametrize("name", ["mlp", "convolution", "recurrent", "lstm", "attention", "normalised", "padded_residual"])
def test_the_plan_and_the_source_are_the_same_in_every_run(name):
    texts = set()
    for _ in range(2):
        loss, arguments, parameters = getattr(networks, name)()
        program = trace(loss, inputs=tuple(a[0] for a in arguments), parameters=parameters)
        texts.add((str(program.plan), program.source))
    assert len(texts) == 1


def test_names_of_people_do_not_get_in_the_way():
    names = ["np", "n", "g", "seed", "saved", "erf", "theta", "d_x", "t", "rows1", "forward", "lambda", "W h", "σ"]
    w = [Value(0.1 * i, name=name) for i, name in enumerate(names)]

    def f(n, np):
        return sum((erf(a * n) + a * np + exp(a)).named(a.name) for a in w)

    agrees(f, [np.array([0.5, -1.0]), np.array([0.1, 0.2])], w)


def test_filters_in_columns_are_a_transposed_view():
    w = [[Value(0.1 * (2 * i + j), name=f"W[{i}][{j}]") for j in range(2)] for i in range(3)]
    x = np.random.default_rng(0).normal(size=(4, 3))
    program = agrees(lambda x: sum(tanh(sum(w[i][j] * x[i] for i in range(3))) for j in range(2)), [x], [p for row in w for p in row])
    assert "W = theta.reshape(3, 2).T\n" in program.source


@pytest.mark.parametrize("firsts", [(0, 1, 2), (0, 3)], ids=["overlapping", "apart"])
def test_filters_that_are_no_view_are_gathered(firsts):
    w = [Value(0.3 * i - 0.5, name=f"w[{i}]") for i in range(5)]
    x = np.random.default_rng(0).normal(size=(4, 2))
    program = agrees(lambda x: sum(tanh(w[i] * x[0] + w[i + 1] * x[1]) for i in firsts) * w[2], [x], w)
    assert products(program)[0] == (1, len(firsts), 2, 1)
    assert "w = theta[rows1, 0]\n" in program.source


def test_rows_from_here_and_there_are_joined_and_put_in_order():
    w = Value(0.3, name="w")
    x = np.random.default_rng(0).normal(size=(4, 10))
    program = agrees(lambda x: sum(exp(x[i]) * (sin if i % 2 else tanh)(w * x[i]) for i in range(10)), [x], [w])
    assert "np.concatenate((tanh1, sin1))[rows1]" in program.source


def test_what_is_added_to_itself_is_given_its_gradient_twice():
    w = [Value(0.3 * i - 0.5, name=f"w[{i}]") for i in range(3)]
    program = agrees(lambda x: sum(tanh(z + z) for z in [sin(p * x) for p in w]), [np.array([0.5, -1.0])], w)
    assert ".reshape(2, 3, -1).sum(axis=0)" in program.source.partition("def backward")[2]


def test_a_gradient_that_is_shared_is_copied_before_more_is_added_to_a_part():
    w = [Value(0.4, name="w[0]"), Value(-0.7, name="w[1]")]

    def f(x):
        a = [sin(w[0] * x), sin(w[1] * x)]
        b = exp(a[0])
        return sum(tanh(ai + b) for ai in a)

    program = agrees(f, [np.array([0.5, -1.0])], w)
    assert "d_sin1 = np.zeros((2, n)) + d_total1\n" in program.source


def test_a_product_that_is_an_output_is_not_added_to_in_place():
    w, b = [[Value(float(3 * i + j)) for j in range(3)] for i in range(3)], [Value(5.0) for _ in range(3)]

    def layer(x):
        z = [sum(a * c for a, c in zip(row, x, strict=True)) for row in w]
        return [z, [a + c for a, c in zip(z, b, strict=True)]]

    program, x = trace(layer, inputs=[0.5] * 3, parameters=[w, b]), np.linspace(-1, 1, 30_000).reshape(-1, 3)
    assert np.allclose(program(x)[:, 1] - program(x)[:, 0], 5.0)
    assert np.allclose(program(x)[:, 0], x @ np.arange(9.0).reshape(3, 3).T)


def test_a_compared_product_is_not_added_to_in_place():
    w, b = [Value(1.0), Value(2.0)], Value(100.0)

    def choice(x):
        z = w[0] * x[0] + w[1] * x[1]
        return z + b if z > 0 else -(z + b)

    program = trace(choice, inputs=[1.0, 1.0], parameters=[w, b])
    with pytest.raises(BranchError):
        program(-np.ones((50_000, 2)))


def test_what_is_left_of_a_formula_has_the_shape_of_the_block():
    w, b = Value(2.0), Value(0.5)
    program = trace(lambda x: tanh(where(1.0, w * b, x) * 0.3), inputs=1.0, parameters=[w, b])
    one, many = program.value_and_grad(np.ones(1)), program.value_and_grad(np.ones(50_000))
    assert np.allclose(many[0], one[0], rtol=1e-12)
    assert np.allclose(many[1], one[1], rtol=1e-12)
    pair = trace(lambda x: [where(1.0, w * b, x), x * b], inputs=1.0, parameters=[w, b])
    assert (pair(np.ones(50_000)) == pair(np.ones(1))).all()
    rows = trace(lambda x: [where(1.0, w * b, v) + v for v in x], inputs=[1.0] * 4, parameters=[w, b])
    assert (rows(np.ones((50_000, 4))) == rows(np.ones((1, 4)))).all()


def test_names_that_python_reads_as_one_are_two():
    w, b = Value(2.0), Value(0.5)

    def product(x):
        return tanh(w * x).named("\N{MICRO SIGN}") * sin(b * x).named("\N{GREEK SMALL LETTER MU}")

    program = trace(product, inputs=1.0, parameters=[w, b])
    assert np.allclose(program(np.ones(20_000)), program(np.ones(1)), rtol=1e-12)


@pytest.mark.parametrize("name", ["p\N{COMBINING CIRCUMFLEX ACCENT}", "a\N{MIDDLE DOT}b", "\N{ESTIMATED SYMBOL}x"])
def test_a_name_may_have_letters_that_are_marks(name):
    assert name.isidentifier()
    w = Value(2.0, name=name)
    scope = {"tanh": tanh, "w": w}
    exec(f"def f({name}): return tanh(w * {name}).named({name!r}) * w", scope)
    program = trace(scope["f"], inputs=1.0, parameters=[w])
    found = [program.value_and_grad(np.ones(n))[1] for n in (1, 20_000)]
    assert np.allclose(*found, rtol=1e-12)


@pytest.mark.parametrize("name", ["if", "\N{FULLWIDTH LATIN SMALL LETTER I}\N{FULLWIDTH LATIN SMALL LETTER F}", "__debug__"])
def test_a_name_that_python_takes_for_a_word_of_its_own_is_not_used(name):
    w = [Value(0.3, name=f"{name}[{i}]") for i in range(2)]
    x = np.array([[0.5, -0.2], [1.5, 2.0]])
    agrees(lambda x: tanh(w[0] * x[0] + w[1] * x[1]).named(name), [x], w)


def test_what_the_layer_after_a_padded_convolution_reads_stands_in_order():
    loss, arguments, parameters = networks.padded_convolution()
    program = agrees(loss, arguments, parameters)
    assert [shape[1:] for shape in products(program)] == [(2, 9, 36), (1, 72, 1)]
    assert "total2 = U @ relu1\n" in program.source
    assert "b = np.repeat(theta[18:20], 36, axis=0)\n" in program.source
    assert "joined1 = np.concatenate((x, np.zeros((1, n))))[rows1]\n" in program.source
    assert program.source.count("[rows") == 1


def test_slices_of_the_parameters_have_names():
    gamma, beta = ([Value(0.1 * i + k, name=f"{name}[{i}]") for i in range(4)] for k, name in enumerate(("gamma", "beta")))
    x = np.random.default_rng(0).normal(size=(3, 4))
    program = agrees(lambda x: sum(tanh(g * v + b) for g, v, b in zip(gamma, x, beta, strict=True)), [x], [*gamma, *beta])
    for line in ("gamma = theta[:4]\n", "mul1 = gamma * x\n", "beta = theta[4:8]\n"):
        assert line in program.source


def test_many_names_are_written_over_several_lines():
    loss, arguments, parameters = networks.lstm()
    program = trace(loss, inputs=tuple(a[0] for a in arguments), parameters=parameters)
    saved = [line for line in program.source.splitlines() if line.startswith(" " * 8) and line.count(", ") > 5]
    assert saved
    assert max(map(len, saved)) <= 101


def test_outputs_without_a_gradient_have_no_backward_pass():
    w = Value(0.3, name="w")
    program = trace(lambda x: [w * x, tanh(x)], inputs=1.0, parameters=[w])
    assert program.source.endswith("    joined1 = np.concatenate((mul1, tanh1))\n    return joined1, ()\n")
    assert program(np.ones(20_000))[7].tolist() == [0.3, tanh(1.0)]
    empty = trace(lambda x: x, inputs=1.0).source
    assert not [line for line in empty.splitlines() if line and not line.strip()]


def test_a_rectifiers_slope_is_a_comparison_and_a_cube_two_products():
    w = [Value(0.3, name=f"w[{i}]") for i in range(3)]
    x = np.array([[0.5, -0.2, 0.0], [1.5, 2.0, -1.0]])
    program = agrees(lambda x: sum(relu(a * v) ** 3 + v**4 for a, v in zip(w, x, strict=True)), [x], w)
    for line in ("d_mul1 = d_relu1 * (mul1 > 0.0)\n", "relu1**2.0 * relu1\n"):
        assert line in program.source
    assert "3.0)" not in program.source
