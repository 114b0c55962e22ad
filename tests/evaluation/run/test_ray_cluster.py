"""Spreading clips over a Ray cluster."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from fallwatch.evaluation.clips.clips import Clip, ClipFolderError, FallSeconds
from fallwatch.evaluation.run.ray_cluster import run_on_ray
from fallwatch.evaluation.run.worker import InferenceJob
from tests.evaluation.fake_models import FALL_S, plan
from tests.evaluation.run.test_running import video


def test_without_ray_it_is_said_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(ClipFolderError, match=r"pip install 'fallwatch\[ray\]'"):
        next(run_on_ray(plan(tmp_path / "cache"), [], "auto"))


@pytest.mark.filterwarnings("ignore")  # Ray's own
def test_a_local_cluster_does_the_clips(tmp_path: Path) -> None:
    pytest.importorskip("ray", reason="the extra ray is not installed")
    job = InferenceJob(Clip(video(tmp_path / "a.avi"), "set", falls=(FallSeconds(FALL_S),)))
    absent = InferenceJob(Clip(tmp_path / "absent.avi", "set"))
    done = dict(run_on_ray(plan(tmp_path / "cache"), [job, absent], "local"))
    assert [event.kind for event in done[job].events] == ["fall"]
    assert "absent.avi" in str(done[absent].error)
