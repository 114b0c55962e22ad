"""Cameras that fail, on real servers: the short form of ``python -m tests.faults cameras``."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

import pytest

from fallwatch.sources.camera.network_stream import NetworkStreamSource
from tests.faults.camera.drill import DROPS, POOR, Drop
from tests.faults.camera.servers import CameraProcess, prepare_clip, why_no_rtsp_server
from tests.faults.drills.cameras import Leftovers, Plan, drill, is_kept, plan, rows

_NOTHING_LEFT = Leftovers(10, 10, 20, 19)


_HTTP: Plan = (
    ("http", [("killed", 8.0), ("frozen", 0.0)]),
    ("http", [("password", 8.0), ("dark", 0.0)]),
)
_RTSP: Plan = (
    ("rtsp", [("stalled", 8.0), ("size", 2.0), ("late", 0.0)]),
    ("rtsp", [("password", 8.0), ("covered", 0.0)]),
)


@pytest.mark.faults
@pytest.mark.timeout(300)
def test_cameras_that_fail_are_noticed_in_time_and_leave_nothing_over(tmp_path: Path) -> None:
    missing = why_no_rtsp_server()
    drops, left = drill([*_HTTP, *(() if missing else _RTSP)], tmp_path, settle_s=5.0)
    assert len(drops) >= sum(len(faults) for _, faults in _HTTP)
    assert [drop for drop in drops if not is_kept(drop)] == []
    assert not left.any, left
    if missing:
        pytest.skip(f"HTTP is well; {missing}")


@pytest.mark.faults
def test_after_a_halt_the_old_frames_are_passed_over(
    tmp_path: Path, demo_fall: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if missing := why_no_rtsp_server():
        pytest.skip(missing)
    monkeypatch.setattr("fallwatch.sources.camera.lateness._PROOF_S", 2.0)
    camera = CameraProcess("rtsp")
    camera.start(prepare_clip(demo_fall, 640, 480, tmp_path / "clip.mp4"))
    source = NetworkStreamSource(camera.url())
    try:
        source.open()
        before = source.read()
        while before.timestamp_s < 5.0:
            before = source.read()
        time.sleep(8.0)
        after = source.read()
    finally:
        source.close()
        camera.kill()
    assert after.index - before.index > 60
    assert after.late_s < 1.0


def test_faults_are_spread_so_that_every_kind_of_camera_suffers_every_drop() -> None:
    lanes = plan(100, 24, 4, ("http", "rtsp"))
    assert [kind for kind, _ in lanes] == ["http", "rtsp", "http", "rtsp"]
    suffered = [(kind, fault) for kind, faults in lanes for fault, _ in faults]
    assert len(suffered) == 124
    for kind in ("http", "rtsp"):
        assert {fault for lane, fault in suffered if lane == kind} >= set(DROPS)
    assert Counter(fault for _, fault in suffered if fault in POOR) == dict.fromkeys(POOR, 4)


def test_no_http_camera_is_said_to_be_late() -> None:
    assert ("http", "late") not in {
        (kind, fault)
        for kind, faults in (*plan(20, 12, 4, ("http", "rtsp")), *plan(20, 12, 2, ("http",)))
        for fault, _ in faults
    }


@pytest.mark.parametrize(
    ("drop", "kept"),
    [
        (Drop("rtsp", "killed", 6.0, 3.0, 1), True),
        (Drop("rtsp", "killed", 10.1, 3.0, 1), False),
        (Drop("rtsp", "killed", 6.0, 10.1, 1), False),
        (Drop("rtsp", "killed", None, 3.0, 0), False),
        (Drop("rtsp", "killed", 6.0, None, 1), False),
        (Drop("rtsp", "killed", 6.0, 3.0, 2), False),
        (Drop("rtsp", "frozen", 29.0, 12.0, 1), True),
        (Drop("http", "size", 2.0, 2.0, 0), True),
    ],
)
def test_a_promise_is_kept_in_time_and_with_one_alarm(drop: Drop, kept: bool) -> None:
    assert is_kept(drop) is kept


def test_the_table_counts_what_was_not_kept_and_what_was_left_over() -> None:
    drops = [Drop("rtsp", "killed", 6.0, 3.0, 1), Drop("http", "killed", None, 3.0, 0)]
    killed, left = rows(drops, _NOTHING_LEFT)
    assert not killed.kept
    assert killed.result.startswith("1 of 2; noticed after 6.0 s (at most 6.0 s, never 1 times)")
    assert left.kept
    assert not rows(drops, Leftovers(10, 11, 20, 20))[-1].kept
