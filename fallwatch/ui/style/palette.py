"""The window's colours, light and dark, and the arithmetic that keeps them readable."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pair:
    """Ink on paper: two colours as ``#rrggbb`` that are only used together."""

    ink: str
    paper: str

    @property
    def contrast(self) -> float:
        """Contrast ratio, 1 to 21."""
        return contrast(self.ink, self.paper)


@dataclass(frozen=True, slots=True)
class Palette:
    """All colours of one appearance.

    Attributes:
        window: Ordinary text on the window's background.
        surface: Ordinary text on lists, fields and buttons.
        muted: Secondary text on the window.
        muted_surface: Secondary text on lists, fields and buttons.
        border: Thin lines between things; never carries meaning alone.
        accent: Selected things, focus rings, the main button.
        calm: All is well.
        watch: Something needs a look.
        error: Something does not work.
        neutral: Neither: off, ended, waiting.
        alarm: An urgent alarm; ``alarm_dim`` is the other half of its gentle flash.
        notice: A less urgent alarm; ``notice_dim`` is the other half of its flash.
        plot_p_fall: The classifier's curve on the surface.
        plot_score: The decision's curve on the surface.
        plot_threshold: The alarm threshold on the surface.
    """

    window: Pair
    surface: Pair
    muted: Pair
    muted_surface: Pair
    border: str
    accent: Pair
    calm: Pair
    watch: Pair
    error: Pair
    neutral: Pair
    alarm: Pair
    alarm_dim: Pair
    notice: Pair
    notice_dim: Pair
    plot_p_fall: Pair
    plot_score: Pair
    plot_threshold: Pair


LIGHT = Palette(
    window=Pair("#17202a", "#f3f5f8"),
    surface=Pair("#17202a", "#ffffff"),
    muted=Pair("#55606e", "#f3f5f8"),
    muted_surface=Pair("#55606e", "#ffffff"),
    border="#d3d9e0",
    accent=Pair("#ffffff", "#1b5fa8"),
    calm=Pair("#12592f", "#d9f2e1"),
    watch=Pair("#6b4300", "#ffeecb"),
    error=Pair("#8c1d18", "#fbe1df"),
    neutral=Pair("#3a4551", "#e2e7ed"),
    alarm=Pair("#ffffff", "#b3151b"),
    alarm_dim=Pair("#ffffff", "#8c0f14"),
    notice=Pair("#2a1e00", "#f5bd2f"),
    notice_dim=Pair("#2a1e00", "#dda41c"),
    plot_p_fall=Pair("#1b5fa8", "#ffffff"),
    plot_score=Pair("#a63c06", "#ffffff"),
    plot_threshold=Pair("#b3151b", "#ffffff"),
)

DARK = Palette(
    window=Pair("#e8edf2", "#14181d"),
    surface=Pair("#e8edf2", "#1d242b"),
    muted=Pair("#a3afbc", "#14181d"),
    muted_surface=Pair("#a3afbc", "#1d242b"),
    border="#35404b",
    accent=Pair("#0b1622", "#7ab5ff"),
    calm=Pair("#8fe0aa", "#17351f"),
    watch=Pair("#f7cd78", "#3c2d0b"),
    error=Pair("#ffb9b2", "#451a1a"),
    neutral=Pair("#c8d2dc", "#2d3640"),
    alarm=Pair("#ffffff", "#b8181e"),
    alarm_dim=Pair("#ffffff", "#8c0f14"),
    notice=Pair("#2a1e00", "#f5bd2f"),
    notice_dim=Pair("#2a1e00", "#dda41c"),
    plot_p_fall=Pair("#7ab5ff", "#1d242b"),
    plot_score=Pair("#ffab70", "#1d242b"),
    plot_threshold=Pair("#ff8a84", "#1d242b"),
)

#: Painted over camera images, whatever the appearance: ink of the words, paper of the lines.
OVERLAY_CALM = Pair("#06210f", "#5fe39a")
OVERLAY_WATCH = Pair("#2a1e00", "#ffc83d")
OVERLAY_ALARM = Pair("#ffffff", "#c4161c")

#: Zones drawn on the image: where lying is no fall, and what is ignored.
ZONE_BED = Pair("#03202b", "#58c7f3")
ZONE_IGNORE = Pair("#2b0f26", "#f08fd8")

#: The plain notice that lies over an image nobody is watching.
OVERLAY_OFF = Pair("#ffffff", "#20262d")


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours after WCAG 2.2, from 1 (same) to 21 (black on white).

    >>> round(contrast("#000000", "#ffffff"), 1)
    21.0
    """
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    """Relative luminance, 0 to 1, of an sRGB colour (WCAG 2.2, 'relative luminance')."""
    red, green, blue = (_linear(int(colour[i : i + 2], 16) / 255) for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)
