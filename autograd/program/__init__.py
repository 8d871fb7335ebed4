"""Programs: a graph recorded once for one sample, run for whole batches at the speed of matrix products.

What flows, and where it is made::

    trace(f) → Values        recording   f is called once, its comparisons watched
    Values → Columns         columns     the graph as flat arrays, equal subexpressions once
    Columns → Columns        exacting    with the nodes among its roots where arrays could be wrong unseen: NaN that is hidden, zeros' signs
    Columns → Terms          terms       sums and differences as lists of terms, products with a parameter set apart; levels
    Terms → Lifted           lifting     level by level into blocks (blocks): Product, Map, Sum
    Lifted → Plan            plan        what a batch costs as arrays and by the tape (costs), and which is taken
    Lifted → Forward         forward     blocks as lines of NumPy; reading writes operands, printing formulas, pairing products a sample
    Forward → Backward       backward    the lines of the gradients, which collecting adds up
    both → Source            source      one module of two functions
    Columns → Tape           tape        the other way to run: point by point, as the engine itself would
    Program(X) → Runner      running     a batch in stretches, as arrays or by the tape; guards are verified, anomalies told
"""

from .program import Program as Program
from .recording import trace as trace
