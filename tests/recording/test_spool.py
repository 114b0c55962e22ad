"""What a clip's spool holds can be read back, whatever ended the program."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from fallwatch.core.message import Message
from fallwatch.recording.event_clip import EventClip
from fallwatch.recording.jpeg import to_jpeg
from fallwatch.recording.media import MediaFolder
from fallwatch.recording.pre_roll import Shot
from fallwatch.recording.recorder import Recorder
from fallwatch.recording.spool import Spool, SpoolError, read_spool
from tests.recording.footage import FPS, clip_times, seen

SHOTS = [Shot(step / FPS, f"frame {step}".encode() * 9, 0.25, 0.5) for step in range(12)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    spool = Spool(tmp_path / "one.shots")
    spool.begin(event_s=0.7)
    for shot in SHOTS:
        spool.add(shot)
    return tmp_path / "one.shots"


@pytest.fixture
def media(tmp_path: Path) -> MediaFolder:
    return MediaFolder(tmp_path)


def test_what_was_written_comes_back_in_order(path: Path) -> None:
    assert read_spool(path) == (0.7, SHOTS)


def test_nobody_else_can_read_it(path: Path) -> None:
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_cut_off_anywhere_it_gives_what_is_whole_or_says_it_is_no_spool(path: Path) -> None:
    whole, counts = path.read_bytes(), set()
    begin = len(b"fallwatch shots 1\n") + 8
    for size in range(begin):
        path.write_bytes(whole[:size])
        with pytest.raises(SpoolError, match=path.name):
            read_spool(path)
    for size in range(begin, len(whole)):
        path.write_bytes(whole[:size])
        _, shots = read_spool(path)
        assert shots == SHOTS[: len(shots)]
        counts.add(len(shots))
    assert counts == set(range(len(SHOTS)))


def test_a_disk_that_refuses_ends_the_spool_without_a_word_to_the_clip(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "missing" / "one.shots")
    spool.begin(0.0)
    spool.add(SHOTS[0])
    assert not (tmp_path / "missing").exists()


def clip_under_way(media: MediaFolder) -> EventClip:
    """Ten shots, of which three were encoded before the program was killed."""
    jpegs = [to_jpeg(seen(step).frame.image_bgr) for step in range(10)]
    shots = [Shot(step / FPS, jpeg, 0.25, 0.5) for step, jpeg in enumerate(jpegs)]
    clip = EventClip(media, "one", event_s=0.3, until_s=20.0, before=shots[:4])
    for _ in range(3):
        clip.write_next()
    for shot in shots[4:]:
        clip.add(shot)
    return clip


def test_the_next_start_writes_a_clip_to_the_last_shot(media: MediaFolder) -> None:
    killed = clip_under_way(media)
    failures: list[Message] = []
    recorder = Recorder(media, on_failure=failures.append)
    recorder.resume("one")
    while recorder.is_busy:
        recorder.work()
    assert clip_times(media.clip("one")) == pytest.approx([step / FPS for step in range(10)])
    assert not media.spool("one").exists()
    assert media.evidence("one").exists()
    assert failures == []
    killed.give_up()


def test_a_clip_written_to_its_end_leaves_no_spool(media: MediaFolder) -> None:
    clip = clip_under_way(media)
    assert media.spool("one").exists()
    clip.complete()
    while clip.write_next():
        pass
    clip.finish()
    assert not media.spool("one").exists()


def test_what_a_quick_stop_leaves_out_waits_for_the_next_start(media: MediaFolder) -> None:
    clip = clip_under_way(media)
    clip.finish()
    assert media.abandoned(before_unix_s=float("inf")) == ["one"]
    assert media.abandoned(before_unix_s=0.0) == []


def test_without_room_the_spool_goes_with_the_clip(media: MediaFolder) -> None:
    clip_under_way(media).give_up()
    assert [path.name for path in media.folder.glob("one*") if path.suffix != ".json"] == []


def test_a_spool_that_is_none_is_dropped(media: MediaFolder) -> None:
    media.spool("one").write_bytes(b"something else")
    recorder = Recorder(media, on_failure=lambda message: pytest.fail(str(message)))
    recorder.resume("one")
    assert not recorder.is_busy
    assert not media.spool("one").exists()
