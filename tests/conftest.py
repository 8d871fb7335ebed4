"""One hypothesis profile for the whole suite: the same examples in every run, no deadlines."""

from hypothesis import HealthCheck, settings

settings.register_profile("steady", derandomize=True, deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")

collect_ignore_glob = ["data/*"]  # sheets, some of them Python: they are read, never run
