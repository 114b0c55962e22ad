"""A process of its own for each arm: its memory and its processor time are then its alone.

``python -m fallwatch.bench.child NAME CLIP WEIGHTS`` reads one question as JSON from each line of
standard input and answers with one line on standard output.
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
from fallwatch.bench.measure.arms import ARMS, Lap, Live
from fallwatch.bench.measure.footage import empty_room, load_footage
from fallwatch.bench.measure.stages import Stage, measure_stages
from fallwatch.settings import Settings


class Child:
    """An arm in a process of its own.

    Args:
        name: See `fallwatch.bench.measure.arms.ARMS`.
        clip: What is watched.
        weights_dir: Where the classifier variants lie.
        variant: Which of them.
    """

    def __init__(self, name: str, clip: Path, weights_dir: Path, variant: str) -> None:
        self._name = name
        self._remarks = tempfile.TemporaryFile()  # noqa: SIM115 - as long as the process
        command = [sys.executable, "-m", __name__, name, str(clip), str(weights_dir), variant]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._remarks, text=True
        )
        try:
            self.runtime = str(self._answer()["runtime"])
        except BenchError:
            self.close()
            raise

    def lap(self, pictures: int | None = None) -> Lap:
        """See `fallwatch.bench.measure.arms.Arm.lap`."""
        return Lap(**self._ask(do="lap", pictures=pictures))

    def live(self, cameras: int, seconds: float, *, still: bool = False) -> Live:
        """See `fallwatch.bench.measure.arms.Arm.live`; ``still``: in a still room."""
        answer = self._ask(do="live", cameras=cameras, seconds=seconds, still=still)
        for key in ("decisions", "latencies_s"):
            answer[key] = tuple(answer[key])
        return Live(**answer)

    def stages(self, pictures: int | None = None) -> list[Stage]:
        """See `fallwatch.bench.measure.stages.measure_stages`."""
        return [Stage(**stage) for stage in self._ask(do="stages", pictures=pictures)["stages"]]

    def close(self) -> None:
        """End the process. Safe to call twice."""
        if self._process.stdin is not None:
            # An unread question of a dead process is of no use to anybody.
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.close()
        try:
            self._process.wait(10.0)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._remarks.close()

    def _ask(self, **question: object) -> dict[str, Any]:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(question) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass  # its answer, or the lack of one, says why
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            self._remarks.seek(0)
            last = self._remarks.read().decode(errors="replace").strip().splitlines()[-1:]
            raise BenchError(f"The {self._name} arm failed: {''.join(last) or 'no reason given'}")
        answer: dict[str, Any] = json.loads(line)
        return answer


def serve(name: str, clip: Path, weights_dir: Path, variant: str) -> None:
    """Answer questions until there are no more."""
    # Only answers go to standard output, whatever a library prints there.
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    footage = load_footage(clip)
    room = empty_room()
    settings = Settings(variant=variant)
    arm = ARMS[name](weights_dir, settings)
    answers.write(json.dumps({"runtime": arm.runtime}) + "\n")
    for line in sys.stdin:
        question = json.loads(line)
        if question["do"] == "lap":
            answer = asdict(arm.lap(footage, question["pictures"]))
        elif question["do"] == "live":
            scene = room if question["still"] else footage
            answer = asdict(arm.live(scene, question["cameras"], question["seconds"]))
        else:
            stages = measure_stages(footage, settings, weights_dir, question["pictures"])
            answer = {"stages": [asdict(stage) for stage in stages]}
        answers.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    serve(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4])
