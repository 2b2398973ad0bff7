"""What all tests share."""

import signal

from hypothesis import settings

# A busy machine is slow for a while; how fast things are is for the benchmarks to say.
settings.register_profile("untimed", settings(), deadline=None)
settings.load_profile("untimed")

# In the background Ctrl-C may be ignored, which the programs that tests start would inherit.
signal.signal(signal.SIGINT, signal.default_int_handler)
