"""Who is timed: one file a peer, which imports it only when it runs.

A peer's functions take a workload or a training task and return the step that is timed, a function without
arguments. A step of a workload returns the value and the gradient, one of a task the parameters after it.
"""
