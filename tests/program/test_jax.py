"""The JAX form: the same numbers, under jit and grad; without JAX, over NumPy in its place, and what is said then."""

import math
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import networks
import numpy as np
import pytest

from autograd import Value, erf, erfc, exp, trace


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


@pytest.fixture
def numpy_for_jax(monkeypatch):
    """The modules of JAX that are asked for, by NumPy, whose interface they have."""
    special = SimpleNamespace(**{name: np.vectorize(getattr(math, name), otypes=[float]) for name in ("erf", "erfc")})
    monkeypatch.setitem(sys.modules, "jax", SimpleNamespace(numpy=np, scipy=SimpleNamespace(special=special)))
    monkeypatch.setitem(sys.modules, "jax.numpy", np)
    monkeypatch.setitem(sys.modules, "jax.scipy", SimpleNamespace(special=special))
    monkeypatch.setitem(sys.modules, "jax.scipy.special", special)


@pytest.mark.parametrize("name", ["mlp", "attention", "normalised"])
def test_the_form_is_the_program_over_another_library(name, numpy_for_jax):
    loss, arguments, parameters = getattr(networks, name)()
    program = trace(loss, inputs=tuple(a[0] for a in arguments), parameters=parameters)
    function = program.to_jax()
    assert np.allclose(function(program.parameters, *arguments), program(*arguments), rtol=1e-12)
    assert not np.allclose(function(program.parameters * 0.5, *arguments), program(*arguments), rtol=1e-3)


def test_the_form_has_the_program_s_shapes(numpy_for_jax):
    w = Value(2.0)
    matrix = trace(lambda x: [[erf(w * x[0]), x[1]], [erfc(x[0]), w]], inputs=[1.0, 2.0], parameters=[w])
    points = np.array([[0.1, 2.0], [0.3, 4.0], [0.5, 6.0]])
    assert matrix.to_jax()(np.array([3.0]), points).tolist() == matrix(points, parameters=[3.0]).tolist()
    assert trace([w * 2, w * w], parameters=[w]).to_jax()([3.0]).tolist() == [6.0, 9.0]


def test_the_form_refuses_other_shapes(numpy_for_jax):
    function = trace(lambda x, y: x * y[0], inputs=(1.0, [2.0])).to_jax()
    with pytest.raises(TypeError, match="takes theta and 2 inputs, got 1"):
        function([], [1.0])
    with pytest.raises(ValueError, match=r"an input has the shape \(2, 1\), one row a sample, not \(3, 1\)"):
        function([], [1.0, 2.0], np.ones((3, 1)))


def test_what_the_jax_form_refuses(numpy_for_jax):
    w = Value(2.0)
    function = trace(lambda x: w * x, inputs=1.0, parameters=[w]).to_jax()
    with pytest.raises(ValueError, match=r"theta is a vector of 1 numbers, not an array of shape \(2,\)"):
        function(np.ones(2), np.ones(3))
    with pytest.raises(ValueError, match="no samples"):
        function(np.ones(1), np.ones(0))
    with pytest.raises(ValueError, match="one row a sample"):
        function(np.ones(1), 1.0)


SHARDED = """
import jax, networks, numpy as np
from autograd import trace
from jax.sharding import Mesh, NamedSharding, PartitionSpec

jax.config.update("jax_enable_x64", True)
loss, arguments, parameters = networks.mlp()
program = trace(loss, inputs=tuple(a[0] for a in arguments), parameters=parameters)
batch = [np.concatenate([a] * 8)[:8] for a in arguments]
mesh = Mesh(np.array(jax.devices()), ("samples",))
whole, apart = NamedSharding(mesh, PartitionSpec()), NamedSharding(mesh, PartitionSpec("samples"))
f = program.to_jax()
step = jax.jit(jax.value_and_grad(lambda theta, *given: f(theta, *given).mean()), in_shardings=(whole, *[apart] * len(batch)))
theta, *given = jax.device_put(program.parameters, whole), *[jax.device_put(a, apart) for a in batch]
assert len(given[0].sharding.device_set) == len(jax.devices()) == 4
assert jax.jit(f)(theta, *given).sharding.is_equivalent_to(apart, 1)
value, gradient = step(theta, *given)
loss, expected = program.value_and_grad(*batch)
np.testing.assert_allclose(value, loss, rtol=1e-12)
np.testing.assert_allclose(gradient, expected, rtol=1e-10, atol=1e-14)
print("agreed")
"""


def test_a_batch_may_be_spread_over_devices():
    """Of which XLA makes four of the processor, if it is told so before it starts."""
    pytest.importorskip("jax")
    here = Path(__file__).parent
    told = {
        "XLA_FLAGS": "--xla_force_host_platform_device_count=4",
        "JAX_PLATFORMS": "cpu",
        "PYTHONPATH": os.pathsep.join(map(str, (here, here.parents[1]))),
    }
    done = subprocess.run([sys.executable, "-c", SHARDED], env=os.environ | told, capture_output=True, text=True, check=False)
    assert done.stdout == "agreed\n", done.stderr
