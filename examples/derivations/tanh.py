"""A network with two tanh neurons, as a program: it runs, and `turunan check` reads it line by line."""

import numpy as np

x, y = 0.7, -0.4
w1, w2, v1, v2 = 0.5, -1.3, 0.8, 1.1
b1, b2, c = 0.1, -0.2, 0.05

# forward
s1 = w1 * x + b1
s2 = w2 * x + b2
h1 = np.tanh(s1)
h2 = np.tanh(s2)
yhat = v1 * h1 + v2 * h2 + c
L = 0.5 * (yhat - y) ** 2

# backward
dyhat = yhat - y
dv1 = dyhat * h1
dv2 = dyhat * h2
dc = dyhat
dh1 = dyhat * v1
dh2 = dyhat * v2
ds1 = dh1 * (1 - np.tanh(s1) ** 2)
ds2 = dh2 * (1 - h2**2)
dw1 = ds1 * x
db1 = ds1
dw2 = ds2 * x
db2 = ds2
dx = ds1 * w1
dx += ds2 * w2

print("dL/dw1 =", dw1)
print("dL/dw2 =", dw2)
print("dL/dv1 =", dv1)
print("dL/dx  =", dx)
