"""Checking a derivation written by hand: reading it, judging every line, finding the cause of a mistake, explaining."""
