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

    w = [Value(x) for x in (0.3, 0.7, 0.9)]
    for row in OPS.values():
        program = trace(lambda x, row=row: row(*[x * w[i] for i in range(row.arity)]), inputs=1.0, parameters=w)
        assert np.allclose(program.to_jax()(program.parameters, np.array([1.0, 0.5])), program([1.0, 0.5]), rtol=1e-12), row


def test_without_jax_the_error_says_so(monkeypatch):
    monkeypatch.setitem(sys.modules, "jax.numpy", None)
    with pytest.raises(ImportError, match="pip install jax"):
        trace(lambda x: exp(x), inputs=1.0).to_jax()
