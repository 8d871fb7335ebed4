"""What people look at: pictures of computation graphs, pages, reports, and the command line.

    from viz import draw, gallery

Names are imported when first used, so that ``turunan --help`` and ``turunan doctor`` start at once, in any environment.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .album import gallery as gallery
    from .drawing import draw as draw
    from .engine import DrawingError as DrawingError
    from .figure import Figure as Figure

_PLACES = {"draw": "drawing", "gallery": "album", "Figure": "figure", "DrawingError": "engine"}
__all__ = ["DrawingError", "Figure", "draw", "gallery"]


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module 'viz' has no attribute {name!r}")
    return getattr(import_module(f".{_PLACES[name]}", __name__), name)
