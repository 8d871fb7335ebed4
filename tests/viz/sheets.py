"""Derivations that these tests look at: one with a line of every verdict, and one whose names are hostile."""

NETWORK = """\
z_1 = x_0 * W_h[0][0] + x_1 * W_h[1][0] + B_h[0]
a_1 = s(z_1)
z_3 = a_1 * W_o[0] + B_o
a_3 = s(z_3)
L = (y - a_3)^2
"""

MIXED = (
    NETWORK
    + """\
dL/da_3 = 2(y - a_3)
dL/dz_3 = -dL/da_3 * s'(z_3)
dz_3/da_1 = W_o[0]
dL/da_1 = dL/dz_3 * W_o[0]
dL/dz_1 = dL/da_1 * s'(a_1)
dL/dW_h[0][0] = dL/dz_1 * x_0
dL/dW_h[1][0] = dL/dz_1 * q_7
dL/dB_h[0] = 0.123
dz_1/dx_0 = W_h[1][0]
x_0 = 0.5
"""
)
VERDICTS = ["definition"] * 5 + [
    "wrong",
    "cancels",
    "right",
    "right",
    "wrong",
    "follow-on",
    "unreadable",
    "undecided",
    "wrong",
    "definition",
]

HOSTILE = r"""
$a = x \cdot y$ and $L = a^2$

$$\frac{\partial L}{\partial a} = 2 a |<script>alert(1)</script>$$

$$\frac{\partial L}{\partial x} = \text{<img src=x onerror=alert(1)>} \cdot y$$
"""
