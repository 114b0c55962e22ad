"""Short form of ``python -m tests.faults garbage``."""

from __future__ import annotations

import random
import sys
import textwrap
from pathlib import Path

import pytest

from tests.faults.drills import garbage
from tests.faults.process import _garbage_process
from tests.faults.process.mutations import BINARY, TEXT, Mutation, mutate


@pytest.mark.faults
@pytest.mark.timeout(600)
def test_damaged_files_neither_crash_nor_hang_it_and_are_named() -> None:
    outcomes = garbage.try_all(50, 7, garbage.SHARES)
    bad = [each for each in outcomes if each.outcome not in ("used", "refused")]
    assert bad == []
    unnamed = [each for each in outcomes if each.outcome == "refused" and not each.named]
    assert unnamed == []
    assert {each.outcome for each in outcomes} == {"used", "refused"}


@pytest.mark.parametrize("mutations", [BINARY, TEXT])
def test_the_same_seed_gives_the_same_damage(mutations: tuple[Mutation, ...]) -> None:
    good = b"key = 1.5\n" * 50
    once = [mutate(good, mutations, random.Random(seed)) for seed in range(60)]
    assert once == [mutate(good, mutations, random.Random(seed)) for seed in range(60)]
    assert good not in once
    assert len(set(once)) > 50


@pytest.fixture
def child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> garbage.Child:
    """A child that crashes, hangs, fails or refuses, as it is told."""
    program = textwrap.dedent("""
        import json, os, sys, time
        for line in sys.stdin:
            kind = json.loads(line)["kind"]
            if kind == "crash":
                os.abort()
            if kind == "hang":
                time.sleep(60)
            answer = {"outcome": kind, "words": "one.mp4 is damaged"}
            print(json.dumps(answer), flush=True)
    """)
    start = garbage._start

    def start_other() -> object:
        monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
        return start()

    (tmp_path / "program.py").write_text(program)
    (tmp_path / "python").write_text(
        f'#!/bin/sh\nexec "{sys.executable}" "{tmp_path / "program.py"}"\n'
    )
    (tmp_path / "python").chmod(0o755)
    monkeypatch.setattr(garbage, "_start", start_other)
    monkeypatch.setattr(garbage, "LONGEST_S", 2.0)
    return garbage.Child()


@pytest.mark.skipif(sys.platform == "win32", reason="starts a shell script")
def test_a_crash_and_a_hang_are_told_apart_and_the_next_file_is_tried(child: garbage.Child) -> None:
    kinds = ["crash", "refused", "hang", "failed", "used"]
    try:
        outcomes = [child.attempt(kind, "one.mp4", "one.mp4") for kind in kinds]
    finally:
        child.close()
    assert [each.outcome for each in outcomes] == kinds
    assert [garbage._is_well([each]) for each in outcomes] == [False, True, False, False, True]


def test_every_kind_that_is_counted_can_be_tried() -> None:
    assert garbage.SHARES.keys() == _garbage_process.KINDS.keys()
    assert sum(garbage.SHARES.values()) == 100
