"""Softmax and the loss -ln p_2, as a program."""

from math import exp, log

z1 = 0.2
z2 = 1.1
z3 = -0.7

S = exp(z1) + exp(z2) + exp(z3)
p1 = exp(z1) / S
p2 = exp(z2) / S
p3 = exp(z3) / S
L = -log(p2)

dp2 = -1 / p2
dz1 = p1
dz2 = p2 - 1
dz3 = p3

print("L =", L)
print("dL/dz1 =", dz1)
print("dL/dz2 =", dz2)
print("dL/dz3 =", dz3)
