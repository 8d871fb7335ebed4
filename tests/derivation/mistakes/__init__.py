"""Single plausible mistakes, put into derivations that are right, to see whether the checker names the line and the cause.

Whether a changed claim is wrong is decided here, in mpmath and at points of our own, and never by the checker: `trees`, their
values and the writers of `notations` share nothing with the checker's. A claim that is still right after the change (x·y for
y·x) is no mistake, and is left out. Sheets under ``examples/`` take part as they are, when the checker finds them right.

`python -m tests.derivation.mistakes` runs all of it.
"""
