"""One hypothesis profile for the whole suite: the same examples in every run, no deadlines."""

from hypothesis import HealthCheck, Phase, settings

settings.register_profile("steady", derandomize=True, deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("mutation", settings.get_profile("steady"), phases=[Phase.explicit, Phase.generate])  # nothing is made small
settings.load_profile("steady")

collect_ignore_glob = ["data/*"]  # sheets, some of them Python: they are read, never run
