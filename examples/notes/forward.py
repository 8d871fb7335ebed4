"""The notes' first example, forward only: n_3 and n_4 from n_1 and n_2, and n_5 from σ(n_3) and σ(n_4).

The notes number weights Weight(to, from). Their line for n_5 writes Weight(5,2) beside σ(n_4); the weight of the way
from neuron 4 to neuron 5 is Weight(5,4), and that is what stands here.

    python examples/notes/forward.py
"""

from autograd import Value, definition, sigmoid

n_1, n_2 = Value(0.5, name="n_1"), Value(-1.0, name="n_2")
weight = {
    (i, j): Value(w, name=f"w_{{{i},{j}}}")
    for (i, j), w in {(3, 1): 0.4, (3, 2): -0.6, (4, 1): 0.7, (4, 2): 0.1, (5, 3): 1.2, (5, 4): -0.8}.items()
}
b_3, b_4, b_5 = Value(0.1, name="b_3"), Value(-0.2, name="b_4"), Value(0.3, name="b_5")

n_3 = (n_1 * weight[3, 1] + n_2 * weight[3, 2] + b_3).named("n_3")
n_4 = (n_1 * weight[4, 1] + n_2 * weight[4, 2] + b_4).named("n_4")
n_5 = (sigmoid(n_3) * weight[5, 3] + sigmoid(n_4) * weight[5, 4] + b_5).named("n_5")

for n in (n_3, n_4, n_5):
    print(f"{n.name} = {definition(n).pretty} = {n.data:.6f}")

n_5.backward()
print("\nand how much each weight moves the output:")
for (i, j), w in weight.items():
    print(f"  ∂n_5/∂Weight({i},{j}) = {w.grad: .6f}")
