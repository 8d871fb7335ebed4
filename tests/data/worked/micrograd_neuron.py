"""A tanh neuron, its gradients assigned by hand."""

import math

x1 = 2.0
x2 = 0.0
w1 = -3.0
w2 = 1.0
b = 6.8813735870195432

x1w1 = x1 * w1
x2w2 = x2 * w2
s = x1w1 + x2w2
n = s + b
o = math.tanh(n)

x1w1 = -6.0
s = -6.0
n = 0.8813735870195432
o = 0.7071067811865476

o.grad = 1.0
n.grad = 1 - o.data**2
s.grad = n.grad
b.grad = n.grad
x1w1.grad = s.grad
x2w2.grad = s.grad
x2.grad = w2.data * x2w2.grad
w2.grad = x2.data * x2w2.grad
x1.grad = w1.data * x1w1.grad
w1.grad = x1.data * x1w1.grad

n.grad = 0.5
s.grad = 0.5
b.grad = 0.5
x1w1.grad = 0.5
x2w2.grad = 0.5
