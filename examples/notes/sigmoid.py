"""σ'(x) = σ(x)·(1 − σ(x)): the notes' derivation, each of its steps as a number, beside the engine's.

python examples/notes/sigmoid.py
"""

from math import exp

from autograd import Value, central_difference

print("    x      −1·(1+e⁻ˣ)⁻²·(−e⁻ˣ)   e⁻ˣ/(1+e⁻ˣ)²    σ(x)·(1−σ(x))    the engine    by difference")
for x in (-4.0, -1.0, 0.0, 0.5, 3.0):
    chain_rule = -1 * (1 + exp(-x)) ** -2 * -exp(-x)
    fraction = exp(-x) / (1 + exp(-x)) ** 2
    sigma = 1 / (1 + exp(-x))
    product = sigma * (1 - sigma)

    value = Value(x)
    a = value.sigmoid()
    a.backward()
    steps = (chain_rule, fraction, product, value.grad, central_difference(a, value))
    print(f"{x:6.2f}" + "".join(f"{step:17.12f}" for step in steps))
    assert max(steps) - min(steps) < 1e-12
