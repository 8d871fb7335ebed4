"""One step of an LSTM, every quantity a number."""

import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


x = 0.6
h0 = -0.2
c0 = 0.4
y = 0.3
w_f, u_f, b_f = 0.5, 0.1, 1.0
w_i, u_i, b_i = -0.4, 0.3, 0.0
w_g, u_g, b_g = 0.9, -0.7, 0.1
w_o, u_o, b_o = 0.2, 0.6, -0.3

z_f = w_f * x + u_f * h0 + b_f
z_i = w_i * x + u_i * h0 + b_i
z_g = w_g * x + u_g * h0 + b_g
z_o = w_o * x + u_o * h0 + b_o
f = sigmoid(z_f)
i = sigmoid(z_i)
g = np.tanh(z_g)
o = sigmoid(z_o)
c = f * c0 + i * g
h = o * np.tanh(c)
L = (h - y) ** 2

dh = 2 * (h - y)
do = dh * np.tanh(c)
dc = dh * o * (1 - np.tanh(c) ** 2)
df = dc * c0
di = dc * g
dg = dc * i
dc0 = dc * f

dz_f = df * f * (1 - f)
dz_i = di * i * (1 - i)
dz_g = dg * (1 - g**2)
dz_o = do * o * (1 - o)

dw_f = dz_f * x
du_f = dz_f * h0
db_f = dz_f
dh0 = dz_f * u_f + dz_i * u_i + dz_g * u_g + dz_o * u_o

print("dL/dw_f =", dw_f)
print("dL/du_f =", du_f)
print("dL/db_f =", db_f)
print("dL/dh0  =", dh0)
print("dL/dc0  =", dc0)
