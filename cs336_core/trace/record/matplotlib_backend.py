"""A backend of matplotlib, where `plt.show()` puts every open figure into the trace.

Only matplotlib imports it, when the environment variable MPLBACKEND names it.
"""

from __future__ import annotations

from typing import cast

from matplotlib._pylab_helpers import Gcf
from matplotlib.backend_bases import FigureManagerBase
from matplotlib.backends.backend_agg import FigureCanvasAgg

from cs336_core.trace.record.renderings import Figure, plot


class FigureManager(FigureManagerBase):
    """Shows figures by displaying them at the current step."""

    @classmethod
    def pyplot_show(cls, *, block: bool | None = None) -> None:
        """Display all figures and close them, as a window does when its reader goes on."""
        for manager in Gcf.get_all_fig_managers():
            plot(cast(Figure, manager.canvas.figure))
        Gcf.destroy_all()


class FigureCanvas(FigureCanvasAgg):
    """Draws as matplotlib does without a screen."""

    manager_class = FigureManager
