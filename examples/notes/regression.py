"""What the activation is for: linear regression is a neuron without one, and a network with one beats it.

The data is y = sin(3x) on [-1, 1]: no line fits it. The neuron converges to the line of least squares, which a
formula gives, too; the network with one hidden layer of four tanh neurons bends.

    python examples/notes/regression.py
"""

import math

from nn import MLP, Neuron, fit

xs = [-1 + i / 10 for i in range(21)]
ys = [math.sin(3 * x) for x in xs]
samples = [[x] for x in xs]

neuron = Neuron(1, activation=None, seed=0)
line = fit(neuron, samples, ys, lr=0.5, epochs=500, tolerance=1e-9)
print(f"{neuron}: {line}")

mean_x, mean_y = math.fsum(xs) / len(xs), math.fsum(ys) / len(ys)
slope = math.fsum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True)) / math.fsum((x - mean_x) ** 2 for x in xs)
intercept = mean_y - slope * mean_x
print(f"  by training      slope {neuron.weights[0].data:.4f}, intercept {neuron.bias.data:.4f}")
print(f"  by least squares slope {slope:.4f}, intercept {intercept:.4f}")

network = MLP(1, [4, 1], activation="tanh", seed=0)
curve = fit(network, samples, ys, lr=0.1, momentum=0.9, goal=0.001, epochs=3000)
print(f"{network}: {curve}")
print(f"the network's loss is {line.losses[-1] / curve.losses[-1]:.0f} times smaller than the line's")
