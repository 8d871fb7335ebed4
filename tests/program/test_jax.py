"""The JAX form: the same numbers, under jit and grad. Skipped where JAX is not installed, but for what is said then."""

import sys

import networks
import numpy as np
import pytest

from autograd import Value, exp, trace


@pytest.mark.parametrize("name", ["mlp", "classifier", "convolution", "recurrent", "lstm", "normalised", "attention", "heads"])
def test_values_and_gradients_are_those_of_the_program(name):
    jax = pytest.importorskip("jax")
    jax.config.update("jax_enable_x64", True)
    loss, arguments, parameters = getattr(networks, name)()
    program = trace(loss, inputs=tuple(a[0] for a in arguments), parameters=parameters)
    function = program.to_jax()
    theta = program.parameters
    assert np.allclose(jax.jit(function)(theta, *arguments), program(*arguments), rtol=1e-12)
    gradient = jax.jit(jax.grad(lambda theta: function(theta, *arguments).mean()))(theta)
    assert np.allclose(gradient, program.value_and_grad(*arguments)[1], rtol=1e-11, atol=1e-12)


def test_every_row_has_a_jax_form():
    jax = pytest.importorskip("jax")
    jax.config.update("jax_enable_x64", True)
    from autograd import OPS

    for row in OPS.values():
        w = [Value(low + 0.6 * (high - low)) for low, high in row.at]
        program = trace(lambda x, row=row, w=w: row(*[x * weight for weight in w]), inputs=1.0, parameters=w)
        points = np.array([1.0, 0.95])
        assert np.allclose(program.to_jax()(program.parameters, points), program(points), rtol=1e-12), row


def test_without_jax_the_error_says_so(monkeypatch):
    monkeypatch.setitem(sys.modules, "jax.numpy", None)
    with pytest.raises(ImportError, match="pip install jax"):
        trace(lambda x: exp(x), inputs=1.0).to_jax()
