"""SVG elements for the drawings. Colours come from the page's style sheet by class."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape


def tag(name: str, content: str = "", /, **attributes: object) -> str:
    """An element; ``class_`` stands for ``class``, and ``_`` within a name for ``-``.

    >>> tag("line", x1=1, class_="axis")
    '<line x1="1" class="axis"/>'
    """
    words = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_short(value))}"'
        for key, value in attributes.items()
    )
    return f"<{name}{words}>{content}</{name}>" if content else f"<{name}{words}/>"


def text(words: str, x: float, y: float, class_: str = "", anchor: str = "start") -> str:
    """A line of text."""
    return tag("text", escape(words), x=x, y=y, class_=class_, text_anchor=anchor)


def polyline(points: Iterable[tuple[float, float]], class_: str) -> str:
    """A line through points, x and y."""
    joined = " ".join(f"{_short(float(x))},{_short(float(y))}" for x, y in points)
    return tag("polyline", points=joined, class_=class_)


def drawing(parts: Sequence[str], width: float, height: float, title: str) -> str:
    """The whole drawing; it takes the width of its place on the page."""
    return tag(
        "svg",
        tag("title", escape(title)) + "".join(parts),
        viewBox=f"0 0 {_short(width)} {_short(height)}",
        role="img",
        aria_label=title,
    )


def round_step(span: float, at_most: int) -> float:
    """A round distance between ticks so that there are at most about ``at_most``.

    >>> round_step(12.0, 8), round_step(3.0, 8)
    (2, 0.5)
    """
    steps = (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600)
    return next((step for step in steps if span / step <= at_most), span / at_most)


def _short(value: object) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
