"""Warnings are kept in a file; a file that cannot be written costs nothing else."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from fallwatch.system.program.log_file import keep_log


@pytest.fixture(autouse=True)
def _root_as_before() -> Iterator[None]:
    root = logging.getLogger()
    level, handlers = root.level, list(root.handlers)
    levels = [each.level for each in handlers]
    yield
    for handler in set(root.handlers) - set(handlers):
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)
    for handler, before in zip(handlers, levels, strict=True):
        handler.setLevel(before)


def test_a_warning_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "fallwatch.log"
    keep_log(path)
    logging.getLogger("fallwatch.test").warning("the disk is slow")
    assert "the disk is slow" in path.read_text(encoding="utf-8")


def test_where_it_cannot_be_written_nothing_is(tmp_path: Path) -> None:
    before = list(logging.getLogger().handlers)
    keep_log(tmp_path / "missing" / "fallwatch.log")
    assert logging.getLogger().handlers == before
