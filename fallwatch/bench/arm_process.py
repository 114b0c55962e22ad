"""Process of one arm, so that its memory and its processor time are measured alone.

``python -m fallwatch.bench.arm_process NAME CLIP WEIGHTS VARIANT`` reads one request as JSON from
each line of standard input and writes one line of JSON on standard output.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from fallwatch.bench.errors import BenchError
from fallwatch.bench.measure.arms import ARMS, Lap, LiveRun
from fallwatch.bench.measure.footage import SceneName, load_footage, make_scene
from fallwatch.bench.measure.stages import Stage, measure_stages
from fallwatch.settings import Settings
from fallwatch.system.program.own_command import own_command

#: Under which this module is started; in the process itself it has another.
_MODULE = "fallwatch.bench.arm_process"


class ArmProcess:
    """An arm in a process of its own.

    Args:
        name: See `fallwatch.bench.measure.arms.ARMS`.
        clip: The clip to judge.
        weights_dir: Folder of the classifier variants.
        variant: Name of the variant.
    """

    def __init__(self, name: str, clip: Path, weights_dir: Path, variant: str) -> None:
        self._name = name
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115 - as long as the process
        command = own_command(name, str(clip), str(weights_dir), variant, module=_MODULE)
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._stderr, text=True
        )
        try:
            self.runtime = str(self._response()["runtime"])
        except BenchError:
            self.close()
            raise

    def lap(self, frames: int | None = None) -> Lap:
        """See `fallwatch.bench.measure.arms.Arm.lap`."""
        return Lap(**self._request(do="lap", frames=frames))

    def live(self, cameras: int, seconds: float, scene: SceneName = SceneName.BUSY) -> LiveRun:
        """See `fallwatch.bench.measure.arms.Arm.live`."""
        response = self._request(do="live", cameras=cameras, seconds=seconds, scene=scene.value)
        for key in ("decisions", "latencies_s"):
            response[key] = tuple(response[key])
        return LiveRun(**response)

    def stages(self, frames: int | None = None) -> list[Stage]:
        """See `fallwatch.bench.measure.stages.measure_stages`."""
        return [Stage(**stage) for stage in self._request(do="stages", frames=frames)["stages"]]

    def close(self) -> None:
        """End the process. Safe to call twice."""
        if self._process.stdin is not None:
            # Nobody reads the request of a dead process.
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.close()
        try:
            self._process.wait(10.0)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._stderr.close()

    def _request(self, **request: object) -> dict[str, Any]:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass  # its response, or the lack of one, says why
        return self._response()

    def _response(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            self._stderr.seek(0)
            last = self._stderr.read().decode(errors="replace").strip().splitlines()[-1:]
            raise BenchError(f"The {self._name} arm failed: {''.join(last) or 'no reason given'}")
        response: dict[str, Any] = json.loads(line)
        return response


def serve(name: str, clip: Path, weights_dir: Path, variant: str) -> None:
    """Handle requests until there are no more."""
    # Only responses go to standard output, whatever a library prints there.
    responses = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    footage = load_footage(clip)
    settings = Settings(variant=variant)
    arm = ARMS[name](weights_dir, settings)
    responses.write(json.dumps({"runtime": arm.runtime}) + "\n")
    for line in sys.stdin:
        request = json.loads(line)
        if request["do"] == "lap":
            response = asdict(arm.lap(footage, request["frames"]))
        elif request["do"] == "live":
            scene = make_scene(SceneName(request["scene"]), footage)
            response = asdict(arm.live(scene, request["cameras"], request["seconds"]))
        else:
            stages = measure_stages(footage, settings, weights_dir, request["frames"])
            response = {"stages": [asdict(stage) for stage in stages]}
        responses.write(json.dumps(response) + "\n")


if __name__ == "__main__":
    serve(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4])
