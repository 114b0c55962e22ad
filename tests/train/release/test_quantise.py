"""Quantisation without its library is refused with the way to get it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.train.synthetic import SPEC, samples
from train.errors import TrainError
from train.release.quantise import quantise


def test_int8_without_nncf_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "nncf", None)
    with pytest.raises(TrainError, match="pip install nncf"):
        quantise(tmp_path / "model.xml", tmp_path / "int8.xml", samples(8).crops, SPEC)
    assert not (tmp_path / "int8.xml").exists()
