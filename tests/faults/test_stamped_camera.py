"""What the camera writes into its frames is read back, also from a lossy clip."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from fallwatch.recording.clip_writer import ClipWriter
from tests.faults.camera.stamped_camera import read_stamp, stamped


@pytest.mark.parametrize("number", [0, 1, 12345, 2**20 - 1])
def test_a_stamp_survives_the_recording(tmp_path: Path, number: int) -> None:
    import av

    noise = np.random.default_rng(1).integers(0, 255, (480, 640, 3), np.uint8)
    with ClipWriter(tmp_path / "one.mp4") as writer:
        writer.write(0.0, stamped(noise, number))
    with av.open(str(tmp_path / "one.mp4")) as container:
        (frame,) = container.decode(video=0)
    assert read_stamp(frame.to_ndarray(format="bgr24")) == number
