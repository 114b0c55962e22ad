from __future__ import annotations

import pytest

from fallwatch.recording.evidence_track import EvidenceTrack, Point, TrackError, from_json, to_json


@pytest.mark.parametrize("source", [None, "/films/Übung 1.mp4"])
def test_what_is_written_can_be_read(source: str | None) -> None:
    track = EvidenceTrack(10.0, (Point(0.0, 0.25, 0.5), Point(0.067, 1.0, 0.0)), source)
    assert from_json(to_json(track)) == track


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"\xff", b'{"points": [[1]]}', b"nul"])
def test_anything_else_is_refused(content: bytes) -> None:
    with pytest.raises(TrackError):
        from_json(content)
