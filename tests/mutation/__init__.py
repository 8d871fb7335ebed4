"""Mutation testing of the op table and of `backward`: a mistake put into the source is noticed by a test, or changes no number.

cosmic-ray makes the mistakes, one at a time: another operator, another number, a condition turned round. It reads a module's syntax
tree, and so it sees the lambdas in the table's rows; mutmut 3, which wraps functions in trampolines, makes no mutant of
``autograd/ops.py`` at all. The C engine has no mutants: the tests that compare it with the Python engine bit for bit stand for it.

`python -m tests.mutation` says what survived and is not listed in ``equivalents.toml``.
"""
