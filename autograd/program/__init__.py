"""Programs: a graph recorded once for one sample, run for whole batches at the speed of matrix products.

``trace`` records, ``columns`` makes the graph flat, ``terms`` and ``lifting`` find the arrays in it, ``forward`` and
``backward`` write both passes down as NumPy, and ``tape`` replays single samples as the engine itself would.
"""

from .program import Program as Program
from .recording import trace as trace
