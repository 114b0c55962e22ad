"""Identity of cached predictions: content of the clip, weights and code."""

from __future__ import annotations

import re
import sys
from functools import partial
from pathlib import Path

import pytest

import fallwatch
from fallwatch.evaluation.run import cache
from fallwatch.runtime.analyzers import build_models
from fallwatch.settings import Settings


def imported_by_the_inference() -> set[str]:
    """The files of fallwatch that reading a clip and running the models rests on."""
    package = Path(fallwatch.__file__).parent
    wanted = {
        f"{folder}/{path.name}"
        for folder in ("pose", "classifiers")
        for path in (package / folder).glob("*.py")
    }
    text = (package / "sources" / "clip" / "video_file.py").read_text(encoding="utf-8")
    return wanted | {
        path.relative_to(package).as_posix()
        for path in (package / "sources").rglob("*.py")
        if f"{'.'.join(path.relative_to(package).with_suffix('').parts)} import" in text
    }


def test_every_file_of_the_inference_counts() -> None:
    package = Path(fallwatch.__file__).parent
    counted = {
        path.relative_to(package).as_posix()
        for pattern in cache.POSE_CODE + cache.CLASSIFIER_CODE
        for path in package.glob(pattern)
    }
    assert "sources/clip/clip_decoder.py" in imported_by_the_inference()
    assert imported_by_the_inference() <= counted


def test_every_file_that_makes_a_crop_counts_for_the_answers() -> None:
    package = Path(fallwatch.__file__).parent
    _, _, cut = build_models(Settings())
    assert isinstance(cut, partial)
    modules = {"fallwatch.runtime.analyzers", cut.func.__module__}
    text = Path(sys.modules[cut.func.__module__].__file__ or "").read_text(encoding="utf-8")
    modules |= set(re.findall(r"^from (fallwatch\.(?:pose|classifiers)\.\w+) import", text, re.M))
    assert len(modules) == 4
    counted = {
        f"fallwatch.{path.relative_to(package).with_suffix('').as_posix().replace('/', '.')}"
        for pattern in cache.CLASSIFIER_CODE
        for path in package.glob(pattern)
    }
    assert modules <= counted


def test_another_program_text_gives_another_identity(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "_PACKAGE", tmp_path)
    (tmp_path / "pose").mkdir()
    (tmp_path / "pose" / "a.py").write_text("one")
    first = cache.code_identity(("pose/*.py",))
    assert first == cache.code_identity(("pose/*.py",))
    (tmp_path / "pose" / "a.py").write_text("two")
    assert cache.code_identity(("pose/*.py",)) != first


def test_predictions_differ_by_content_identity_and_corruption(tmp_path: Path) -> None:
    paths = {
        cache.predictions_path(tmp_path, content, corruption, identity)
        for content in ("a", "b")
        for identity in ("x", "y")
        for corruption in ("clean", "dark")
    }
    assert len(paths) == 8


def test_in_the_bundle_another_program_is_another_identity(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has no program text beside it: predictions of an older version would be taken again."""
    program = tmp_path / "fallwatch"
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(program))
    monkeypatch.setattr(cache, "_PACKAGE", tmp_path / "_internal" / "fallwatch")
    program.write_bytes(b"one")
    first = cache.code_identity(cache.POSE_CODE)
    assert first == cache.code_identity(cache.POSE_CODE)
    program.write_bytes(b"two")
    assert cache.code_identity(cache.POSE_CODE) != first
