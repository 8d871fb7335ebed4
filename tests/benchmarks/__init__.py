"""What turunan costs beside its peers: the same mathematics, side by side, in one run.

``python -m tests.benchmarks`` measures and prints the table; ``pytest tests/benchmarks/history.py`` keeps a
history of turunan's own figures with pytest-benchmark. ``pip install -e '.[bench]'`` installs the peers.
"""
