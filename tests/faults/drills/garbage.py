"""Feeds fallwatch with hundreds of damaged files, the same ones for the same seed.

Everything is tried in a child process, so that a crash of a native library (FFmpeg, OpenCV,
OpenVINO) is seen and not suffered.

This is also why decoding stays in the process of the program: README.md gives the figures. A
decoder in a process of its own would cost a copy of each frame and a process for each camera.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.faults.process.garbage_seeds import Seeds, plant
from tests.faults.process.mutations import BINARY, TEXT, mutate
from tests.faults.process.watch_run import REPOSITORY
from tests.faults.registry import Command
from tests.faults.report import Report, Row

#: What is promised.
LONGEST_S = 15.0

#: Of a hundred cases, how many are of each kind.
SHARES = {
    "clip": 32, "stream": 8, "annotation": 8, "labels": 8, "settings": 14, "record": 12,
    "weights": 5, "manifest": 8, "network": 5,
}  # fmt: skip
_DECODER = {"clip": 80, "stream": 20}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file.

    Attributes:
        kind: Of the file.
        name: Of the file.
        outcome: ``used``, ``refused``, ``failed`` (an error nobody foresaw), ``crash`` or ``hang``.
        took_s: How long it took.
        words: What was said.
        named: Whether a refusal names the file.
    """

    kind: str
    name: str
    outcome: str
    took_s: float
    words: str
    named: bool


class Child:
    """A process that tries files; a new one takes its place when it crashes or hangs."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def attempt(self, kind: str, name: str, place: str) -> Outcome:
        """Have one file tried."""
        process = self._process
        if process is None or process.poll() is not None:
            process = self._process = _start()
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps({"kind": kind, "place": place}) + "\n")
        process.stdin.flush()
        began_s = time.monotonic()
        killer = threading.Timer(LONGEST_S, process.kill)
        killer.start()
        line = process.stdout.readline()
        killer.cancel()
        took_s = time.monotonic() - began_s
        if line:
            answer = json.loads(line)
            named = name in answer["words"]
            return Outcome(kind, name, answer["outcome"], took_s, answer["words"], named)
        hung = took_s >= LONGEST_S
        words = f"ended with status {process.wait()}"
        self.close()
        return Outcome(kind, name, "hang" if hung else "crash", took_s, words, False)

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                assert pipe is not None
                pipe.close()


def _start() -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.faults.process._garbage_process"],
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
    )


def try_all(cases: int, seed: int, shares: dict[str, int], jobs: int = 1) -> list[Outcome]:
    """Make so many damaged files and have each tried."""
    kinds = [kind for kind, share in shares.items() for _ in range(share)]
    with tempfile.TemporaryDirectory() as folder, _file_server(Path(folder)) as port:
        seeds = plant(Path(folder) / "seeds")

        def job(number: int) -> list[Outcome]:
            child = Child()
            try:
                return [
                    _try_one(child, seeds, Path(folder), port, kinds[case % len(kinds)], case, seed)
                    for case in range(number, cases, jobs)
                ]
            finally:
                child.close()

        with ThreadPoolExecutor(jobs) as pool:
            return [outcome for done in pool.map(job, range(jobs)) for outcome in done]


def _try_one(
    child: Child, seeds: Seeds, folder: Path, port: int, kind: str, case: int, seed: int
) -> Outcome:
    chance = random.Random(f"{seed} {case}")
    own = folder / f"case{case}"
    own.mkdir()
    if kind in ("weights", "manifest", "network"):
        place = _damaged_weights(seeds.weights, own / own.name, kind, chance)
    else:
        good = chance.choice(seeds.files[kind])
        mutations = TEXT if kind in ("annotation", "labels", "settings") else BINARY
        place = own / f"{own.name}{good.suffix}"
        place.write_bytes(mutate(good.read_bytes(), mutations, chance))
    address = f"http://127.0.0.1:{port}/{own.name}/{place.name}"
    try:
        outcome = child.attempt(kind, place.name, address if kind == "stream" else str(place))
    finally:
        shutil.rmtree(own)
    if outcome.outcome in ("failed", "crash", "hang"):
        sys.stderr.write(f"{asdict(outcome)}\n")
    return outcome


def _damaged_weights(good: Path, place: Path, kind: str, chance: random.Random) -> Path:
    """A copy of a weights folder with one damaged file.

    A damaged ``network`` has a manifest that fits it: its checksum says nothing is wrong.
    """
    place.mkdir()
    if kind == "manifest":
        damaged = place / "model.json"
    else:
        damaged = place / chance.choice(("model.xml", "model.bin"))
    for source in good.iterdir():
        target = place / source.name
        if target == damaged:
            mutations = BINARY if source.suffix == ".bin" else TEXT
            target.write_bytes(mutate(source.read_bytes(), mutations, chance))
        else:
            shutil.copy(source, target)
    if kind == "network":
        manifest = json.loads((place / "model.json").read_text())
        manifest["sha256"][damaged.name] = hashlib.sha256(damaged.read_bytes()).hexdigest()
        (place / "model.json").write_text(json.dumps(manifest))
    return place


@contextmanager
def _file_server(folder: Path) -> Iterator[int]:
    """Sends the files of a folder, as cameras send streams."""

    class Handler(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder)))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), name="file server")
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def report(files: list[Outcome], decoded: list[Outcome]) -> Report:
    """The table's rows."""
    rows = [
        Row(
            "Damaged files neither crash nor hang it, and each is named",
            "seeded mutations of " + ", ".join(f"{_count(files, kind)} {kind}" for kind in SHARES),
            len(files),
            f"{_said(files)}; longest {max(each.took_s for each in files):.1f} s",
            _is_well(files),
        )
    ]
    if decoded:
        streams = _count(decoded, "stream")
        # With no crash in n tries, the true rate is below 3/n with 95 % confidence.
        rows.append(
            Row(
                "A damaged image does not end the program (decoders share its process)",
                f"mutated H.264, H.265, MPEG-4, MPEG-2, VP9 and Motion JPEG: {streams} over HTTP "
                "through OpenCV, the others as files through PyAV",
                len(decoded),
                f"{_said(decoded)}; fewer than {300 / len(decoded):.2f} % crash (95 %)",
                _is_well(decoded),
            )
        )
    bad = [asdict(each) for each in (*files, *decoded) if not _is_well([each])]
    return Report("garbage", tuple(rows), {"bad": bad})


def _said(outcomes: list[Outcome]) -> str:
    crashes = sum(each.outcome == "crash" for each in outcomes)
    failed = sum(each.outcome == "failed" for each in outcomes)
    hangs = sum(each.outcome == "hang" for each in outcomes)
    refused = [each for each in outcomes if each.outcome == "refused"]
    named = sum(each.named for each in refused)
    return (
        f"{crashes} crashes, {failed} tracebacks, {hangs} hangs over {LONGEST_S:.0f} s; "
        f"{named} of {len(refused)} refusals name the file"
    )


def _is_well(outcomes: list[Outcome]) -> bool:
    return all(
        each.outcome == "used" or (each.outcome == "refused" and each.named) for each in outcomes
    )


def _count(outcomes: list[Outcome], kind: str) -> int:
    return sum(each.kind == kind for each in outcomes)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("--cases", type=int, default=500, help="damaged files of all kinds (500)")
    parser.add_argument(
        "--decoder", type=int, default=2000, help="further damaged clips and streams (2000)"
    )
    parser.add_argument("--jobs", type=int, default=1, help="processes at once (1)")
    parser.add_argument("--seed", type=int, default=2026, help="of the damage")


def run(arguments: argparse.Namespace) -> Report:
    """Try as many as are asked for."""
    files = try_all(arguments.cases, arguments.seed, SHARES, arguments.jobs)
    decoded = try_all(arguments.decoder, arguments.seed + 1, _DECODER, arguments.jobs)
    return report(files, decoded)


COMMAND = Command("garbage", "Feed it with damaged files.", add_arguments, run)
