"""What all tests share."""

from hypothesis import settings

# A busy machine is slow for a while; how fast things are is for the benchmarks to say.
settings.register_profile("untimed", settings(), deadline=None)
settings.load_profile("untimed")
