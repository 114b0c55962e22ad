"""Loses frames on their way from the camera, and counts what the judge makes of the rest."""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from fallwatch import paths
from fallwatch.evaluation.clips.le2i import read_fall_frames
from fallwatch.evaluation.run.corruptions import CLEAN
from fallwatch.evaluation.run.inference import ClipFrames
from fallwatch.evaluation.score.clip_result import Event
from fallwatch.evaluation.score.matching import Verdict, match
from fallwatch.runtime.analyzers import build_analyzer
from fallwatch.settings import Settings
from fallwatch.sources.clip.video_file import VideoFileSource
from tests.faults.registry import Command
from tests.faults.report import Report, Row

#: The chance of each frame to be lost: from a busy radio link to twice as bad as can be watched.
SHARES = (0.3, 0.4, 0.5, 0.6)

#: Or all frames of a halt of so many seconds, again and again.
HALT_S = (0.2, 1.0)
BETWEEN_HALTS_S = (1.0, 4.0)

#: Tells whether the frame of a moment, in seconds, is lost.
Loss = Callable[[float], bool]


@dataclass(frozen=True, slots=True)
class Watched:
    """What became of one clip.

    Attributes:
        found: Falls that were told in time.
        falls: Falls that were shown.
        false_alarms: Alarms without a fall.
        seconds: How long it was watched.
    """

    found: int
    falls: int
    false_alarms: int
    seconds: float


def scattered(chance: random.Random, share: float) -> Loss:
    """Every frame is lost with the same chance."""
    return lambda moment_s: chance.random() < share


def halted(chance: random.Random) -> Loss:
    """Nothing comes for a while, again and again: a computer that does something else."""
    begins_s = chance.uniform(*BETWEEN_HALTS_S)
    ends_s = begins_s + chance.uniform(*HALT_S)

    def is_lost(moment_s: float) -> bool:
        nonlocal begins_s, ends_s
        if moment_s >= ends_s:
            begins_s = ends_s + chance.uniform(*BETWEEN_HALTS_S)
            ends_s = begins_s + chance.uniform(*HALT_S)
        return begins_s <= moment_s < ends_s

    return is_lost


def watch(clip: Path, is_lost: Loss) -> Watched:
    """Show a demo clip to a new analyzer, without the frames that are lost."""
    settings = Settings()
    reader = ClipFrames(VideoFileSource(clip), settings.analysis_fps, CLEAN)
    events: list[Event] = []
    with closing(build_analyzer("clip", settings)) as analyzer:
        for frame in reader.read():
            if not is_lost(frame.timestamp_s):
                events += map(Event.of, analyzer.step(frame).events)
    annotated = read_fall_frames(clip.with_suffix(".txt"))
    falls_s = [annotated.seconds(reader.fps)] if annotated else []
    verdicts = [judged.verdict for judged in match(events, falls_s)]
    found, wrong = verdicts.count(Verdict.FOUND), verdicts.count(Verdict.FALSE)
    return Watched(found, len(falls_s), wrong, reader.duration_s)


def try_all(times: int, seed: int) -> list[Watched]:
    """Show somebody who falls and somebody who does not, with each kind of loss ``times`` times."""
    demo = paths.resources_dir() / "demo"
    kinds: list[Callable[[random.Random], Loss]] = [
        *(partial(scattered, share=share) for share in SHARES), halted,
    ]  # fmt: skip
    outcomes = []
    for number in range(times):
        for kind in kinds:
            for name in ("demo_fall", "demo_daily"):
                chance = random.Random(f"{seed} {number} {len(outcomes)}")
                outcomes.append(watch(demo / f"{name}.mp4", kind(chance)))
                sys.stderr.write(f"\r{len(outcomes)} of {times * len(kinds) * 2} clips")
    sys.stderr.write("\n")
    return outcomes


def run(arguments: argparse.Namespace) -> Report:
    """The long form."""
    outcomes = try_all(arguments.times, arguments.seed)
    found, falls = sum(each.found for each in outcomes), sum(each.falls for each in outcomes)
    wrong = sum(each.false_alarms for each in outcomes)
    minutes = sum(each.seconds for each in outcomes) / 60.0
    how = "demo clips without 30 to 60 % of their frames, at random, or with halts of up to 1 s"
    rows = (
        Row("A fall is told when frames are lost", how, falls, f"{found} told", found == falls),
        Row(
            "No false alarm when frames are lost", "the same", len(outcomes),
            f"{wrong} in {minutes:.0f} min", wrong == 0,
        ),
    )  # fmt: skip
    return Report("pictures", rows, {"clips": [asdict(each) for each in outcomes]})


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--times", type=int, default=10, help="of each kind of loss (default 10)")
    parser.add_argument("--seed", type=int, default=1, help="of the chances (default 1)")


COMMAND = Command("pictures", "Lose frames on their way from the camera.", _add_arguments, run)
