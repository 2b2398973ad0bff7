"""What all tests share."""

import os
import signal

from hypothesis import settings
from jaxtyping import install_import_hook

from tools.shell.paths import ROOT

# The shapes that signatures name are checked while tests run. A configuration refuses by itself
# what it cannot be.
modules = {path.stem for path in (ROOT / "cs336_core" / "model").glob("*.py")} - {"config"}
install_import_hook([f"cs336_core.model.{name}" for name in modules], "beartype.beartype")

# A busy machine is slow for a while; how fast things are is for the benchmarks to say.
settings.register_profile("untimed", settings(), deadline=None)
settings.load_profile("untimed")

# Tests run side by side already, and threads that wait for each other take most of the time.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# In the background Ctrl-C may be ignored, which the programs that tests start would inherit.
signal.signal(signal.SIGINT, signal.default_int_handler)
