"""What every source promises, whatever it reads from. A new kind needs only a bench here."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from fallwatch.core.protocols import EndOfStreamError, FrameSource, SourceError
from fallwatch.sources.registry import make_source, registry
from tests.sources.camera.camera_server import camera_server, unused_port
from tests.sources.camera.fake_webcam import plug_in
from tests.sources.clip.clips import plain_image, write_avi
from tests.waiting import within


@dataclass
class Bench:
    """One kind of source, ready to be tried.

    Attributes:
        text: What a person types to get it.
        broken: The same for one that cannot be opened.
        broken_name: What the error must name.
        cut: Takes the images away while it is being read; None for clips.
    """

    text: str
    broken: str
    broken_name: str
    cut: Callable[[], None] | None = None


def _webcam(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stack: ExitStack) -> Bench:
    camera = plug_in(monkeypatch, tmp_path / "dev")
    stack.callback(lambda: _assert_released(camera.open_captures))
    return Bench("0", "7", "webcam 7", lambda: setattr(camera, "plugged", False))


def _assert_released(open_captures: int) -> None:
    assert open_captures == 0, "a capture was not released"


def _stream(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stack: ExitStack) -> Bench:
    camera = stack.enter_context(camera_server())
    port = unused_port()
    broken = f"http://anna:s3cret@127.0.0.1:{port}/video"
    return Bench(camera.url, broken, f"127.0.0.1:{port}", camera.stopped_sending.set)


def _file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stack: ExitStack) -> Bench:
    clip = write_avi(tmp_path / "clip.avi", [plain_image(64, 48, 20 * step) for step in range(12)])
    return Bench(str(clip), str(tmp_path / "missing.mp4"), "missing.mp4")


_BENCHES = {"webcam": _webcam, "stream": _stream, "file": _file}


@pytest.fixture(params=[kind.name for kind in registry.kinds])
def bench(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Bench]:
    assert request.param in _BENCHES, f"add a bench for {request.param!r} to this file"
    with ExitStack() as stack:
        yield _BENCHES[request.param](tmp_path, monkeypatch, stack)


@pytest.fixture
def source(bench: Bench) -> Iterator[FrameSource]:
    source = make_source(bench.text)
    yield source
    source.close()


def test_it_can_be_closed_twice_and_without_having_been_opened(source: FrameSource) -> None:
    source.close()
    source.open()
    source.close()
    source.close()
    with pytest.raises(SourceError, match="not open"):
        source.read()


def test_reading_before_opening_is_refused_in_words(source: FrameSource) -> None:
    with pytest.raises(SourceError, match="not open"):
        source.read()


def test_frames_are_numbered_stamped_and_named(source: FrameSource) -> None:
    began_unix_s = time.time()
    source.open()
    frames = [source.read() for _ in range(5)]
    assert [frame.index for frame in frames] == [0, 1, 2, 3, 4]
    stamps = [frame.timestamp_s for frame in frames]
    assert stamps[0] >= 0
    assert all(later > earlier for earlier, later in pairwise(stamps))
    for frame in frames:
        assert frame.camera == source.name != ""
        assert frame.image_bgr.shape == (48, 64, 3)
        assert frame.image_bgr.dtype == np.uint8
        assert began_unix_s - 1 <= frame.captured_unix_s <= time.time() + 1


def test_frames_do_not_share_memory(source: FrameSource) -> None:
    source.open()
    first = source.read()
    before = first.image_bgr.copy()
    second = source.read()
    assert not np.shares_memory(first.image_bgr, second.image_bgr)
    assert np.array_equal(first.image_bgr, before)


def test_the_rate_is_known_only_while_it_is_open(source: FrameSource) -> None:
    assert source.fps == 0.0
    source.open()
    assert source.fps > 0
    source.close()
    assert source.fps == 0.0


def test_only_clips_have_a_length(source: FrameSource) -> None:
    source.open()
    assert (source.duration_s is None) == source.is_live


def test_opened_again_it_starts_with_the_first_frame(source: FrameSource) -> None:
    source.open()
    for _ in range(3):
        source.read()
    source.open()
    assert source.read().index == 0


def test_after_an_interrupt_reading_ends_with_an_error(source: FrameSource) -> None:
    source.open()
    source.read()
    source.interrupt()
    with within(1.0), pytest.raises(SourceError, match="interrupted"):
        source.read()
    source.open()
    assert source.read().index == 0


def test_a_broken_one_is_named_soon_and_without_any_password(bench: Bench) -> None:
    source = make_source(bench.broken)
    with within(15.0), pytest.raises(SourceError) as caught:
        source.open()
    assert bench.broken_name in str(caught.value)
    assert "s3cret" not in str(caught.value) + source.name
    source.close()


def _read_until_it_fails(source: FrameSource) -> None:
    for _ in range(1000):
        source.read()


def test_a_clip_ends_and_a_camera_breaks(bench: Bench, source: FrameSource) -> None:
    source.open()
    source.read()
    if bench.cut is not None:
        bench.cut()
    with pytest.raises(SourceError if source.is_live else EndOfStreamError) as caught:
        _read_until_it_fails(source)
    if source.is_live:
        assert source.name.lower() in str(caught.value).lower()
