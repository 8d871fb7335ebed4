"""f = (x + y) z, forward and back."""

x = -2
y = 5
z = -4

q = x + y  # q becomes 3
f = q * z  # f becomes -12

# backward in reverse order, first through f = q * z
dfdz = q  # df/dz = q, so the gradient on z becomes 3
dfdq = z  # df/dq = z, so the gradient on q becomes -4
# and now through q = x + y
dqdx = 1.0
dqdy = 1.0
dfdx = dfdq * dqdx
dfdy = dfdq * dqdy
dfdx = -4
dfdy = -4
dfdz = 3
dfdq = -4
q = 3
f = -12
