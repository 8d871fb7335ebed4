"""What does not fit is refused: by an exception that says what was wrong, where, and what to write, and that leaves all as it was."""

import math
from fractions import Fraction

import numpy as np
import pytest

import autograd as ag
import nn
import viz
from autograd import DomainError, Graph, Value, ops

NUMBER, NO_VALUE = "must be a real number, not ", "a graph is made of Values, not of "


class World:
    """Things to be called wrongly."""

    def __init__(self):
        self.x, self.y = Value(2.0, name="x"), Value(3.0, name="y")
        self.L = (self.x * self.y).named("L")
        self.L.backward()
        self.net = nn.MLP(2, [2, 1], activation="tanh", seed=0)
        self.program = ag.trace(lambda a: self.x * a, inputs=1.0, parameters=[self.x])

    def state(self):
        """All that a refused call must not change."""
        values = [self.x, self.y, self.L, *self.net.parameters()]
        return [(value.data, value.grad, value.name, value.args) for value in values], self.program.parameters.tolist()


class Old:
    """A sequence by ``__getitem__`` alone."""

    def __init__(self, world):
        self.values = [world.x]

    def __len__(self):
        return 1

    def __getitem__(self, i):
        return self.values[i]


def square(v):
    return v * v


def double(i, state, parameters):
    return [state[0] * 2]


# fmt: off
BAD = {
    # ---- Value ----
    "text as data":               (lambda w: Value("1"), TypeError, r"the data of a Value must be .*, not str '1'; float\(text\) reads"),
    "no data":                    (lambda w: Value(None), TypeError, "the data of a Value " + NUMBER + "None"),
    "a list as data":             (lambda w: Value([1.0]), TypeError, r"not list; make one Value an element, as in \[Value\(x\) for x in data\]"),
    "an array as data":           (lambda w: Value(np.ones(2)), TypeError, "not ndarray; make one Value an element"),
    "a complex number":           (lambda w: Value(1j), TypeError, "complex 1j; take its real and imaginary parts as two Values"),
    "a Value of a Value":         (lambda w: Value(w.x), TypeError, "not Value; it is a quantity already"),
    "too large":                  (lambda w: Value(10**400), OverflowError, r"too large for a float \(at most 1.8e308\)"),
    "nothing at all":             (lambda w: Value(), TypeError, "missing .*argument.* 'data'"),
    "an empty name":              (lambda w: Value(1.0, name=""), TypeError, "a name is a non-empty string, not str ''"),
    "a name by its place":         (lambda w: Value(1.0, "x"), TypeError, "positional argument"),
    "a number as a name":         (lambda w: w.x.named(3), TypeError, "a name is a non-empty string, not int 3"),
    "float()":                    (lambda w: float(w.x), TypeError, "name='x'.* would cut the graph; use functions of autograd .* and v.data for its number"),
    "math's functions":           (lambda w: math.exp(w.x), TypeError, r"from autograd import exp\) instead of math's"),
    "int()":                      (lambda w: int(w.x), TypeError, "does not turn into a float: that would cut the graph; use functions of autograd"),
    "truth":                      (lambda w: bool(w.L), TypeError, "name='L'.* is not defined: compare it, as in v > 0, or choose with where"),
    "a hook that is none":        (lambda w: w.x.register_hook(3), TypeError, "a hook is a function of a gradient, not 3"),
    "an unknown method":          (lambda w: w.x.squash(), AttributeError, "has no attribute 'squash'"),
    # ---- rows and operators ----
    "adding text":                (lambda w: w.x + "1", TypeError, r"an operand of add must be .*, not str '1'; float\(text\)"),
    "text plus":                  (lambda w: "1" + w.x, TypeError, "an operand of add " + NUMBER + "str '1'"),
    "times None":                 (lambda w: w.x * None, TypeError, "an operand of mul " + NUMBER + "None"),
    "times a list":               (lambda w: w.x * [1.0], TypeError, "an operand of mul .* list; make one Value an element"),
    "over a complex number":      (lambda w: w.x / 1j, TypeError, "an operand of div .* complex 1j; take its real"),
    "to the power of text":       (lambda w: w.x ** "2", TypeError, "an operand of pow " + NUMBER + "str '2'"),
    "remainder":                  (lambda w: w.x % 2, TypeError, "unsupported operand .* for %: '.*Value' and 'int'"),
    "its number deleted":         (lambda w: delattr(w.x, "data"), AttributeError, "deleted|deleter"),
    "its gradient deleted":       (lambda w: delattr(w.x, "grad"), AttributeError, "deleted|deleter"),
    "its name deleted":           (lambda w: delattr(w.x, "name"), AttributeError, "deleted|deleter"),
    "text for its number":        (lambda w: setattr(w.x, "data", "3"), TypeError, "the data of a Value " + NUMBER + "str '3'"),
    "None for its number":        (lambda w: setattr(w.x, "data", None), TypeError, "the data of a Value " + NUMBER + "None"),
    "None for its gradient":      (lambda w: setattr(w.x, "grad", None), TypeError, "the gradient of a Value " + NUMBER + "None"),
    "a number for its name":      (lambda w: setattr(w.x, "name", 3), TypeError, "a name is a non-empty string, not int 3"),
    "blanks for its name":        (lambda w: w.x.named("\xa0 "), TypeError, "a name is a non-empty string"),
    "a row that is changed":      (lambda w: setattr(w.L.op, "name", "other"), AttributeError, "name of .* cannot be set: a row is never changed"),
    "another row":                (lambda w: setattr(w.L, "op", None), AttributeError, "op"),
    "compared with text":         (lambda w: w.x < "1", TypeError, "what a Value is compared with " + NUMBER + "str '1'"),
    "compared with None":         (lambda w: w.x >= None, TypeError, "what a Value is compared with " + NUMBER + "None"),
    "exp of text":                (lambda w: ops.exp("1"), TypeError, "exp takes numbers, Values, formulas or arrays, not str '1'"),
    "exp of a list":              (lambda w: ops.exp([w.x]), TypeError, r"exp takes .*, not list; \[exp\(x\) for x in …\] for each"),
    "exp of nothing":             (lambda w: ops.exp(), TypeError, "exp takes 1 argument, got 0"),
    "exp of two":                 (lambda w: ops.exp(w.x, w.y), TypeError, "exp takes 1 argument, got 2"),
    "a maximum of one":           (lambda w: w.x.maximum(), TypeError, r"maximum( takes 2 arguments, got 1|\(\) missing 1 required positional argument)"),
    "a maximum with text":        (lambda w: w.x.maximum("3"), TypeError, "an operand of maximum " + NUMBER + "str '3'"),
    "log below 0":                (lambda w: ops.log(Value(-1.0, name="v")), DomainError, r"log\(v\) is not a number at v = -1 \(log\(x\) needs x >= 0\)"),
    "sqrt below 0, as a method":  (lambda w: (w.x - 5).sqrt(), DomainError, r"sqrt\(-3\) is not a number \(sqrt\(x\) needs x >= 0\)"),
    # ---- graphs ----
    "a graph of a number":        (lambda w: Graph(3), TypeError, "a graph's outputs are Values, not int"),
    "a graph of a list":          (lambda w: Graph([w.x]), TypeError, "a graph's outputs are Values, not list"),
    "an unknown quantity":        (lambda w: Graph(w.L)["z"], KeyError, "no quantity 'z' in this graph; it has x, y, L"),
    "evaluated at text":          (lambda w: Graph(w.L).evaluate({w.x: "1"}), TypeError, "the number of a Value " + NUMBER + "str '1'"),
    "evaluated at a name":        (lambda w: Graph(w.L).evaluate({"x": 1.0}), TypeError, NO_VALUE + "str"),
    "topological of a list":      (lambda w: ag.topological([w.x]), TypeError, NO_VALUE + "list"),
    "gradients of a number":      (lambda w: ag.gradients(3.0), TypeError, NO_VALUE + "float"),
    "zero_grad of a Value":       (lambda w: ag.zero_grad(w.x), TypeError, r"zero_grad takes an iterable of Values, not Value: \[v\] for one"),
    "zero_grad of a sequence":    (lambda w: ag.zero_grad(Old(w)), TypeError, r"zero_grad takes an iterable of Values, not Old: \[v\] for one"),
    "zero_grad of a broken one":  (lambda w: ag.zero_grad(values=(len(v) for v in [w.x])), TypeError, "has no len"),
    "zero_grad of other things":  (lambda w: ag.zero_grad([w.x, 1.0]), TypeError, "zero_grad takes Values, not a float"),
    "a difference by a number":   (lambda w: ag.central_difference(w.L, 3.0), TypeError, NO_VALUE + "float"),
    "a difference of no step":    (lambda w: ag.central_difference(w.L, w.x, h=0.0), ValueError, "the step h must be positive, not 0.0"),
    "a definition of a number":   (lambda w: ag.definition(3), TypeError, NO_VALUE + "int"),
    "a third operand of two":     (lambda w: ag.local_derivative(w.L, 3), IndexError, "mul has 2 operands, counted from 0, and none at 3"),
    "a leaf's local derivative":  (lambda w: ag.local_derivative(w.x, 0), ValueError, "name='x'.* is a leaf: no operation made it"),
    "chains to a number":         (lambda w: ag.Chains(w.L, 3), TypeError, NO_VALUE + "int"),
    "kinks of a number":          (lambda w: ag.kinks(3), TypeError, NO_VALUE + "int"),
    "an audit of a list":         (lambda w: ag.audit([w.L]), TypeError, NO_VALUE + "list"),
    "explained by a number":      (lambda w: ag.explain(w.L, 3), TypeError, NO_VALUE + "int"),
    "explained by a stranger":    (lambda w: ag.explain(w.L, Value(1.0)), ValueError, r"L does not depend on Value\(data=1.0"),
    "explained in no style":      (lambda w: ag.explain(w.L, w.x, "html"), ValueError, "no style 'html'; there are text, latex, markdown"),
    "a drawing of a number":      (lambda w: viz.draw(3), TypeError, "Values?, not (of )?int"),
    "drawn down to a stranger":   (lambda w: viz.draw(w.L, wrt=Value(1.0)), ValueError, "L does not depend on .*: there is no path to draw"),
    # ---- checkpoints and modes ----
    "a checkpoint of no function": (lambda w: ag.checkpoint(3, w.x), TypeError, "what checkpoint runs must be a function, not int 3"),
    "a checkpoint at a number":   (lambda w: ag.checkpoint(square, 3.0), TypeError, "checkpoint takes Values, not float 3.0"),
    "a checkpoint of a number":   (lambda w: ag.checkpoint(lambda v: 3.0, w.x), TypeError, "a function under checkpoint returns Values, not float 3.0"),
    "a checkpoint of a stranger": (lambda w: ag.checkpoint(lambda v: v * w.y, w.x), ValueError, "uses Value.*name='y'.*, which it did not get as an argument"),
    "a chain of no steps":        (lambda w: ag.checkpoint_chain(double, [w.x], 0), ValueError, "the number of steps of a chain must be at least 1, not 0"),
    "a chain of half a step":     (lambda w: ag.checkpoint_chain(double, [w.x], 1.5), TypeError, "steps of a chain must be a whole number, not float 1.5"),
    "a chain without room":       (lambda w: ag.checkpoint_chain(double, [w.x], 2, snapshots=0), ValueError, "snapshots of a chain must be at least 1, not 0"),
    "a chain from one Value":     (lambda w: ag.checkpoint_chain(double, w.x, 2), TypeError, "the state of a chain must be a list of Values, not Value"),
    "a chain of no function":     (lambda w: ag.checkpoint_chain(3, [w.x], 2), TypeError, "the step of a chain must be a function, not int 3"),
    "a chain that grows":         (lambda w: ag.checkpoint_chain(lambda i, s, p: s * 2, [w.x], 2), ValueError, "step 0 made 2 values from a state of 1"),
    "no_grad of something":       (lambda w: ag.no_grad(3), TypeError, r"no_grad\(\) takes 0 positional arguments"),
    # ---- programs ----
    "a program of a number":      (lambda w: ag.trace(3), TypeError, "the output is to hold Values, not int 3: a program's outputs depend"),
    "a ragged example":           (lambda w: ag.trace(square, inputs=[[1.0], [1.0, 2.0]]), ValueError, r"not rectangular: .* \(1,\), \(2,\)"),
    "a forgotten parameter":      (lambda w: ag.trace(lambda a: a * w.x, 1.0, [w.y]), ValueError, "reads 'x', which is neither .*: list it among parameters="),
    "a program at a number":      (lambda w: w.program(1.0), ValueError, r"a must have the shape \(n,\), one row a sample, not \(\); of one sample, \[a\] is a batch"),
    "a program at two":           (lambda w: w.program([1.0], [1.0]), TypeError, r"this program takes 1 argument \(a\), got 2"),
    "a program at text":          (lambda w: w.program(["a"]), TypeError, "a takes an array of real numbers, not of"),
    "a program at nothing":       (lambda w: w.program([1.0, None]), TypeError, "an element of a must be a real number, not None"),
    "a program at a text":        (lambda w: w.program([1.0, Fraction(1, 2), "2"]), TypeError, "not of <U|an element of a must be a real number, not str '2'"),
    "a program at a Value":       (lambda w: w.program([w.x]), TypeError, "a must hold numbers, not Values: a program takes numbers"),
    "a program beyond floats":    (lambda w: w.program([10**400]), OverflowError, "an element of a is too large for a float"),
    "a program at ragged lists":  (lambda w: w.program([[1.0], [1.0, 2.0]]), ValueError, "a takes an array of real numbers: .*inhomogeneous"),
    "an unknown reduction":       (lambda w: w.program.value_and_grad([1.0], reduce="max"), ValueError, "reduce is 'mean', 'sum' or None .*, not 'max'"),
    "too many parameters":        (lambda w: setattr(w.program, "parameters", [1.0, 2.0]), ValueError, "a vector of 1 numbers, not an array of shape"),
    # ---- transforms ----
    "grad of no function":        (lambda w: ag.grad(3), TypeError, "what is differentiated must be a function, not int 3"),
    "grad of a Value":            (lambda w: ag.grad(w.L)(1.0), TypeError, r"not Value; of a recorded graph, use backward\(\) or gradient\("),
    "grad at text":               (lambda w: ag.grad(square)("2"), TypeError, "argument 0 of square " + "must be a real number, or a list.* not str '2'"),
    "grad of nothing":            (lambda w: ag.grad(square)(), ValueError, "argnums = 0, but square was given 0 positional arguments"),
    "grad of several":            (lambda w: ag.grad(lambda v: [v, v])(2.0), TypeError, "returns list of .*: use jacobian, or return one of them"),
    "argnums as text":            (lambda w: ag.grad(square, argnums="0")(2.0), TypeError, "argnums must be an integer or several, not str '0'"),
    "argnums as a float":         (lambda w: ag.grad(square, argnums=0.0)(2.0), TypeError, "argnums must be an integer or several, not float 0.0"),
    "no pair":                    (lambda w: ag.grad(square, has_aux=True)(2.0), TypeError, r"with has_aux, square must return a pair \(result, aux\)"),
    "jvp at a number":            (lambda w: ag.jvp(square, 2.0, 1.0), TypeError, r"the primals must be a tuple .*: write \(x,\) for one"),
    "jvp along too many":         (lambda w: ag.jvp(square, (2.0,), (1.0, 1.0)), TypeError, "must be built like tuple of .number., but it is tuple"),
    "vjp of text":                (lambda w: ag.vjp(square, 2.0)[1]("a"), TypeError, "a weight must be a real number.* not str 'a'"),
    "hvp at a number":            (lambda w: ag.hvp(square, 2.0, 1.0), TypeError, r"the primals must be a tuple .*: write \(x,\) for one"),
    "jacobian of no function":    (lambda w: ag.jacobian("f"), TypeError, "what is differentiated must be a function, not str 'f'"),
    "sparse jacobian of none":    (lambda w: ag.sparse_jacobian(None), TypeError, "what is differentiated must be a function, not None"),
    "checking no derivation":     (lambda w: ag.check(3), TypeError, "a derivation is text or the path of a file, not int 3"),
    "hessian of no function":     (lambda w: ag.hessian(3), TypeError, "what is differentiated must be a function, not int 3"),
    "jacobian by the fourth":     (lambda w: ag.jacobian(square, argnums=3)(2.0), ValueError, "argnums = 3, but square was given 1 positional"),
    "linearize along text":       (lambda w: ag.linearize(square, 2.0)[1]("a"), TypeError, "a tangent must be a real number.* not str 'a'"),
    "jet at a number":            (lambda w: ag.jet(square, 2.0, 1.0), TypeError, r"the primals must be a tuple .*: write \(x,\) for one"),
    "jet without terms":          (lambda w: ag.jet(square, (2.0,), (3,)), TypeError, "the series of an argument must be a list of its derivatives, not int 3"),
    "taylor to order -1":         (lambda w: ag.taylor(square, 2.0, -1), ValueError, "the order of a Taylor expansion must be at least 0, not -1"),
    "taylor to order 1.5":        (lambda w: ag.taylor(square, 2.0, 1.5), TypeError, "order of a Taylor expansion must be a whole number, not float"),
    "the gradient of a number":   (lambda w: ag.gradient(3.0, w.x), TypeError, r"must be a Value, not float 3.0; of functions, grad\(f\) is the gradient"),
    "a root of no function":      (lambda w: ag.custom_root(3, square), TypeError, "what has the root must be a function, not int 3"),
    "a sparse hessian of several": (lambda w: ag.sparse_hessian(lambda v: v)([1.0, 2.0]), TypeError, "a gradient is that of one number"),
    # ---- networks ----
    "a neuron of no inputs":      (lambda w: nn.Neuron(0), ValueError, "inputs of a neuron must be a whole number of at least 1, not 0"),
    "an unknown activation":      (lambda w: nn.Neuron(2, "rleu"), ValueError, "no activation 'rleu'; there are .*sigmoid, relu.* and None for none"),
    "an unknown start":           (lambda w: nn.Neuron(2, "tanh", init="zeros"), ValueError, "no initialisation 'zeros'; there are xavier, he"),
    "a neuron at a number":       (lambda w: nn.Neuron(2)(3.0), TypeError, "the neuron takes a list of 2 inputs, not float 3.0"),
    "a layer of no neurons":      (lambda w: nn.Layer(2, 0), ValueError, "neurons of a layer must be a whole number of at least 1, not 0"),
    "a network of a number":      (lambda w: nn.MLP(2, 3), TypeError, r"sizes of its layers as a list, such as \[16, 16, 1\], not 3"),
    "too few inputs":             (lambda w: w.net([1.0]), ValueError, "the hidden layer takes 2 inputs, got 1"),
    "text among inputs":          (lambda w: w.net([1.0, "a"]), TypeError, "an operand of mul " + NUMBER + "str 'a'"),
    "mse of nothing":             (lambda w: nn.mse([], []), ValueError, "mse of no predictions"),
    "mse of two shapes":          (lambda w: nn.mse(w.x, [1.0]), ValueError, "of one shape, not a number with a list of 1"),
    "mse of text":                (lambda w: nn.mse([w.x], ["a"]), TypeError, "mse compares numbers and Values, or lists of them, not text"),
    "nothing to train":           (lambda w: nn.SGD([], lr=0.1), ValueError, "SGD got no parameters to change"),
    "numbers to train":           (lambda w: nn.SGD([3.0], lr=0.1), TypeError, "a parameter of SGD must be a Value, not float 3.0"),
    "a model to train":           (lambda w: nn.SGD(w.net, lr=0.1), TypeError, r"takes a list of parameters, such as model.parameters\(\), not MLP"),
    "a rate of text":             (lambda w: nn.SGD([w.x], lr="a"), TypeError, "the learning rate " + NUMBER + "str 'a'"),
    "a rate below 0":             (lambda w: nn.SGD([w.x], lr=-1.0), ValueError, "the learning rate must be a positive number, not -1.0"),
    "a momentum of 2":            (lambda w: nn.SGD([w.x], lr=1.0, momentum=2.0), ValueError, "momentum must be at least 0 and less than 1, not 2.0"),
    "fit of unequal samples":     (lambda w: nn.fit(w.net, [[0.0, 1.0]], [1.0, 2.0]), ValueError, "as many targets as inputs, .* not 1 inputs and 2 targets"),
    "fit of no model":            (lambda w: nn.fit(3, [[0.0, 1.0]], [1.0]), TypeError, r"fit trains a Module, such as MLP\(2, \[4, 1\]\), not int 3"),
    "fit for no epoch":           (lambda w: nn.fit(w.net, [[0.0, 1.0]], [1.0], epochs=0), ValueError, "the number of epochs must be at least 1, not 0"),
    "fit to text":                (lambda w: nn.fit(w.net, [[0.0, 1.0]], ["a"]), TypeError, "mse compares numbers and Values, or lists of them, not text"),
    "fit with no loss":           (lambda w: nn.fit(w.net, [[0.0, 1.0]], [1.0], loss=3), TypeError, "the loss must be a function, not int 3"),
    "fit at infinity":            (lambda w: nn.fit(w.net, [[0.0, 1.0]], [math.inf]), FloatingPointError, "the loss is inf in epoch 1: try a smaller"),
    "a state that lacks":         (lambda w: w.net.load_state_dict({}), KeyError, r"the state does not fit this MLP: missing 'B_h\[0\]'"),
    "a state of text":            (lambda w: w.net.load_state_dict(w.net.state_dict() | {"B_o": "a"}), TypeError, "the state's 'B_o' " + NUMBER + "str 'a'"),
    "a state that is a number":   (lambda w: w.net.load_state_dict(3), TypeError, r"a state is a dict .*state_dict\(\) gives it, not int 3"),
}
# fmt: on


@pytest.mark.parametrize("what", BAD)
def test_it_is_refused_and_nothing_has_changed(what):
    call, kind, says = BAD[what]
    world = World()
    before = world.state()
    with pytest.raises(kind, match=says) as refused:
        call(world)
    assert type(refused.value) is kind
    assert world.state() == before
    assert ag.modes.modes == {}
