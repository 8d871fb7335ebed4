"""ReLU(b) = max(0, b), the notes' other activation: its value, its derivative, and its corner.

At b = 0 there is no derivative; the engine takes 0, as PyTorch does, and so the neuron stays as it is.

    python examples/notes/relu.py
"""

from autograd import Value, relu

for b in (-2.0, -0.5, 0.0, 0.5, 2.0):
    value = Value(b)
    out = relu(value)
    out.backward()
    print(f"b = {b:5.2f}   ReLU(b) = {out.data:4.2f}   ReLU'(b) = {value.grad:g}{'   (the corner: a convention)' if b == 0 else ''}")
