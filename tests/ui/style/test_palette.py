"""Colours can be read by tired eyes."""

from __future__ import annotations

from dataclasses import fields

import pytest

from fallwatch.ui.style import palette
from fallwatch.ui.style.palette import DARK, LIGHT, Pair, Palette, contrast

PAIRS = [
    pytest.param(getattr(colours, field.name), id=f"{name}-{field.name}")
    for name, colours in (("light", LIGHT), ("dark", DARK))
    for field in fields(Palette)
    if isinstance(getattr(colours, field.name), Pair)
]
OVERLAYS = [
    pytest.param(value, id=name) for name, value in vars(palette).items() if isinstance(value, Pair)
]


@pytest.mark.parametrize("pair", PAIRS + OVERLAYS)
def test_ink_stands_out_from_its_paper(pair: Pair) -> None:
    assert pair.contrast >= 4.5


def test_contrast_agrees_with_known_values() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert contrast("#123456", "#123456") == 1.0


def test_disabled_controls_can_be_read_too() -> None:
    for colours in (LIGHT, DARK):
        assert contrast(colours.muted.ink, colours.surface.paper) >= 4.5
