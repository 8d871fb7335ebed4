"""Batch normalisation over three samples, staged: every line of the forward pass gets its line of the backward pass."""

import numpy as np

x1 = 0.3
x2 = -1.2
x3 = 1.9
t1 = 0.5
t2 = -0.5
t3 = 1.0
gamma = 1.4
beta = -0.1
eps = 1e-5

# forward
mu = (x1 + x2 + x3) / 3
c1 = x1 - mu
c2 = x2 - mu
c3 = x3 - mu
var = (c1**2 + c2**2 + c3**2) / 3
std = np.sqrt(var + eps)
xhat1 = c1 / std
xhat2 = c2 / std
xhat3 = c3 / std
y1 = gamma * xhat1 + beta
y2 = gamma * xhat2 + beta
y3 = gamma * xhat3 + beta
L = (y1 - t1) ** 2 + (y2 - t2) ** 2 + (y3 - t3) ** 2

# backward
dy1 = 2 * (y1 - t1)
dy2 = 2 * (y2 - t2)
dy3 = 2 * (y3 - t3)
dbeta = dy1 + dy2 + dy3
dgamma = dy1 * xhat1 + dy2 * xhat2 + dy3 * xhat3
dxhat1 = dy1 * gamma
dxhat2 = dy2 * gamma
dxhat3 = dy3 * gamma
dstd = -(dxhat1 * c1 + dxhat2 * c2 + dxhat3 * c3) / std**2
dvar = dstd * 0.5 / np.sqrt(var + eps)
dc1 = dxhat1 / std
dc1 += dvar * 2 * c1 / 3
dc2 = dxhat2 / std
dc2 += dvar * 2 * c2 / 3
dc3 = dxhat3 / std
dc3 += dvar * 2 * c3 / 3
dmu = -(dc1 + dc2 + dc3)
dx1 = dc1
dx1 += dmu / 3
dx2 = dc2
dx2 += dmu / 3
dx3 = dc3
dx3 += dmu / 3

print("dL/dx1    =", dx1)
print("dL/dx2    =", dx2)
print("dL/dx3    =", dx3)
print("dL/dgamma =", dgamma)
print("dL/dbeta  =", dbeta)
