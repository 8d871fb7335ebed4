"""Backpropagation through time: one recurrent neuron, three steps, gradients added up with +=."""

from math import tanh

x1 = 0.5
x2 = -0.3
x3 = 0.9
h0 = 0.1
y = 0.4
w = 0.8
u = 1.1
b = -0.05

a1 = w * h0 + u * x1 + b
h1 = tanh(a1)
a2 = w * h1 + u * x2 + b
h2 = tanh(a2)
a3 = w * h2 + u * x3 + b
h3 = tanh(a3)
L = 0.5 * (h3 - y) ** 2

dw = 0.0
du = 0.0
db = 0.0

dh3 = h3 - y
da3 = dh3 * (1 - h3**2)
dw += da3 * h2
du += da3 * x3
db += da3

dh2 = da3 * w
da2 = dh2 * (1 - h2**2)
dw += da2 * h1
du += da2 * x2
db += da2

dh1 = da2 * w
da1 = dh1 * (1 - h1**2)
dw += da1 * h0
du += da1 * x1
db += da1

dh0 = da1 * w

print("dL/dw  =", dw)
print("dL/du  =", du)
print("dL/db  =", db)
print("dL/dh0 =", dh0)
