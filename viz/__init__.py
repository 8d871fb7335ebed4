"""What people look at: pictures of computation graphs, pages, reports, and the command line.

    from viz import draw, gallery, html

Names are imported when first used, so that ``turunan --help`` and ``turunan doctor`` start at once, in any environment.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .album import gallery as gallery
    from .drawing import draw as draw
    from .engine import DrawingError as DrawingError
    from .figure import Figure as Figure
    from .report_page import html as html

_PLACES = {"draw": "drawing", "gallery": "album", "Figure": "figure", "html": "report_page", "DrawingError": "engine"}
__all__ = ["DrawingError", "Figure", "draw", "gallery", "html"]


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module 'viz' has no attribute {name!r}")
    return getattr(import_module(f".{_PLACES[name]}", __name__), name)
