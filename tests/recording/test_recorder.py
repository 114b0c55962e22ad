"""What is stored around an event."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from fallwatch.core.message import Message
from fallwatch.core.types import Analysis, Image
from fallwatch.recording.evidence_track import EvidenceTrack, from_json
from fallwatch.recording.jpeg import from_jpeg
from fallwatch.recording.media import MediaFolder
from fallwatch.recording.recorder import AFTER_S, BEFORE_S, MAX_RING_BYTES, Recorder
from tests.recording.footage import FPS, clip_times, seen


@pytest.fixture
def media(tmp_path: Path) -> MediaFolder:
    return MediaFolder(tmp_path / "recordings")


@pytest.fixture
def failures() -> list[Message]:
    return []


@pytest.fixture
def recorder(media: MediaFolder, failures: list[Message]) -> Recorder:
    return Recorder(media, on_failure=failures.append)


def play(recorder: Recorder, frames: range, *, event_at: int, event_id: str = "one") -> None:
    for index in frames:
        if index == event_at:
            recorder.begin(event_id, seen(index))
        recorder.see(seen(index))
        recorder.work()
    while recorder.work():
        pass


def track_of(media: MediaFolder, event_id: str = "one") -> EvidenceTrack:
    return from_json(media.evidence(event_id).read_bytes())


def test_the_clip_reaches_from_before_to_after_the_event(
    recorder: Recorder, media: MediaFolder, failures: list[Message]
) -> None:
    play(recorder, range(500), event_at=200)
    times_s = clip_times(media.clip("one"))
    assert times_s[0] == 0.0
    assert times_s[-1] == pytest.approx(BEFORE_S + AFTER_S, abs=2 / FPS)
    assert len(times_s) == pytest.approx((BEFORE_S + AFTER_S) * FPS, abs=2)
    assert not recorder.is_busy
    assert failures == []


def test_the_evidence_lies_beside_it_with_the_clip_s_times(
    recorder: Recorder, media: MediaFolder
) -> None:
    play(recorder, range(500), event_at=200)
    track = track_of(media)
    assert track.event_s == pytest.approx(BEFORE_S, abs=2 / FPS)
    assert [p.time_s for p in track.points] == pytest.approx(
        clip_times(media.clip("one")), abs=0.01
    )
    assert {(p.p_fall, p.score) for p in track.points} == {(0.25, 0.5)}


def test_the_frame_is_there_at_once(recorder: Recorder, media: MediaFolder) -> None:
    recorder.begin("one", seen(0, shade=99))
    assert from_jpeg(media.snapshot("one").read_bytes()).mean() == pytest.approx(99, abs=2)


def test_an_event_right_after_the_start_has_what_there_is(
    recorder: Recorder, media: MediaFolder
) -> None:
    play(recorder, range(300), event_at=5)
    assert track_of(media).event_s == pytest.approx(0.5)
    assert clip_times(media.clip("one"))[-1] == pytest.approx(20.5, abs=2 / FPS)


def test_two_events_close_together_have_a_clip_each(recorder: Recorder, media: MediaFolder) -> None:
    for index in range(400):
        if index in (100, 150):
            recorder.begin(f"event{index}", seen(index))
        recorder.see(seen(index))
        recorder.work()
    while recorder.work():
        pass
    assert track_of(media, "event100").event_s == pytest.approx(10.0, abs=2 / FPS)
    assert track_of(media, "event150").event_s == pytest.approx(10.0, abs=2 / FPS)


def test_an_event_triggered_again_keeps_its_first_snapshot_and_clip(
    recorder: Recorder, media: MediaFolder
) -> None:
    play(recorder, range(400), event_at=100)
    before = media.snapshot("one").read_bytes(), media.clip("one").read_bytes()
    play(recorder, range(400, 450), event_at=420)
    assert (media.snapshot("one").read_bytes(), media.clip("one").read_bytes()) == before


def test_only_what_was_rendered_is_stored(media: MediaFolder, failures: list[Message]) -> None:
    def blank(analysis: Analysis) -> Image:
        return np.zeros_like(analysis.frame.image_bgr)

    recorder = Recorder(media, render=blank, on_failure=failures.append)
    recorder.see(seen(0, shade=255))
    recorder.begin("one", seen(1, shade=255))
    recorder.see(seen(1, shade=255))
    recorder.complete_clips()
    while recorder.work():
        pass
    import av

    assert from_jpeg(media.snapshot("one").read_bytes()).max() <= 2
    with av.open(str(media.clip("one"))) as container:
        brightest = [f.to_ndarray(format="bgr24").max() for f in container.decode(video=0)]
    assert len(brightest) == 2
    assert max(brightest) <= 4


def test_of_a_recorded_clip_no_frames_are_copied(
    media: MediaFolder, failures: list[Message], tmp_path: Path
) -> None:
    source = tmp_path / "film.mp4"
    recorder = Recorder(media, source_clip=source, on_failure=failures.append)
    play(recorder, range(500), event_at=200)
    assert media.snapshot("one").exists()
    assert not media.clip("one").exists()
    track = track_of(media)
    assert track.source_clip == str(source)
    assert track.event_s == 20.0
    assert track.points[0].time_s == pytest.approx(10.0, abs=2 / FPS)
    assert recorder.memory_bytes == 0


def test_a_camera_opened_again_ends_the_clip_and_begins_another_pre_roll(
    recorder: Recorder, media: MediaFolder
) -> None:
    play(recorder, range(100, 150), event_at=140)
    play(recorder, range(50), event_at=20, event_id="two")
    assert clip_times(media.clip("one"))[-1] == pytest.approx(4.9)
    recorder.complete_clips()
    recorder.work()
    assert track_of(media, "two").event_s == pytest.approx(2.0)


def test_the_memory_is_bounded_for_large_and_noisy_images(recorder: Recorder) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (1080, 1920, 3), np.uint8)
    most = 0
    for index in range(60):
        analysis = seen(index)
        object.__setattr__(analysis.frame, "image_bgr", noise)
        recorder.see(analysis)
        most = max(most, recorder.memory_bytes)
    assert 10_000_000 < most <= MAX_RING_BYTES


def test_what_cannot_be_stored_is_said_and_not_raised(
    tmp_path: Path, failures: list[Message]
) -> None:
    (tmp_path / "file").write_text("")
    recorder = Recorder(MediaFolder(tmp_path / "file"), on_failure=failures.append)
    play(recorder, range(50), event_at=20)
    assert failures
    assert not recorder.is_busy


def test_without_room_the_clip_is_deleted_and_the_snapshot_stays(
    recorder: Recorder, media: MediaFolder
) -> None:
    play(recorder, range(50), event_at=20)
    assert media.clip("one").exists()
    recorder.give_up_clips()
    assert not media.clip("one").exists()
    assert media.snapshot("one").exists()
    assert track_of(media).points
