"""Composition of ``fallwatch evaluate``: clips in, metrics and a report out."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from fallwatch import __version__, paths
from fallwatch.classifiers.manifest import MANIFEST_FILE, load_manifest
from fallwatch.evaluation.clips.clips import Clip, ClipFolderError
from fallwatch.evaluation.clips.folders import find_clips
from fallwatch.evaluation.clips.names import shown
from fallwatch.evaluation.report.console import comparison_view, print_results
from fallwatch.evaluation.report.html import write_report
from fallwatch.evaluation.run.cache import (
    CLASSIFIER_CODE,
    POSE_CODE,
    code_identity,
    file_sha256,
    judge_identity,
)
from fallwatch.evaluation.run.corruptions import CLEAN, CORRUPTIONS, VARIATIONS
from fallwatch.evaluation.run.parallel import JobRunner, run_parallel
from fallwatch.evaluation.run.replay import Models
from fallwatch.evaluation.run.worker import InferenceJob, InferencePlan
from fallwatch.evaluation.score.clip_result import ClipResult
from fallwatch.evaluation.score.compare import compare
from fallwatch.evaluation.score.matching import AFTER_S
from fallwatch.evaluation.score.results import (
    CSV_FILE,
    JSON_FILE,
    Results,
    read_json,
    write_csv,
    write_json,
)
from fallwatch.evaluation.score.sweep import SWEEP_THRESHOLDS
from fallwatch.pose.networks import networks_sha256
from fallwatch.runtime.analyzers import build_models, judge_config
from fallwatch.settings import Settings
from fallwatch.system.device_choice import device_named

REPORT_FILE = "report.html"

#: Folder of the results, where the caller names none.
_DEFAULT_OUTPUT = "fallwatch-evaluation-%Y%m%d-%H%M%S"


@dataclass(frozen=True, slots=True)
class EvaluateOptions:
    """Options of an evaluation.

    Attributes:
        processes: Number of worker processes; None: one for each core.
        output: Folder for the results; None: a new one in the working directory.
        after_s: T: how long after the end of a fall its alarm may come, seconds.
        sweep: Whether to try other thresholds of the judge.
        corruptions: Whether to try corrupted clips.
        variations: Whether to try clips mirrored, and begun one frame later.
        live: Whether to judge only the frames that would be judged of a camera.
        protocol: Whether to print falls found and quiet clips disturbed by source.
        ray: Address of a Ray cluster to run on.
    """

    processes: int | None = None
    output: Path | None = None
    after_s: float = AFTER_S
    sweep: bool = False
    corruptions: bool = False
    variations: bool = False
    live: bool = False
    protocol: bool = False
    ray: str | None = None


def run_evaluate(
    folders: Sequence[Path],
    settings: Settings,
    weights_dir: Path | None,
    options: EvaluateOptions,
) -> Results:
    """Analyse folders of clips; print the metrics, and write them with a report.

    Raises:
        ClipFolderError: There are no clips, a label file is wrong, or nothing can be written.
        fallwatch.classifiers.manifest.WeightsError: The classifier cannot be loaded.
        fallwatch.pose.networks.PoseModelError: The pose model cannot be had.
    """
    console = Console(stderr=True, highlight=False, emoji=False)
    clips, remarks = _clips_in(folders)
    for remark in remarks:
        console.print(escape(remark))
    plan = _plan(settings, weights_dir or paths.weights_dir(), options)
    results = Results(_about(folders, settings, plan), [], options.after_s, remarks)
    corruptions = list(CORRUPTIONS) if options.corruptions else []
    variations = list(VARIATIONS) if options.variations else []
    views = (CLEAN.name, *variations, *corruptions)
    jobs = [InferenceJob(clip, name) for name in views for clip in clips]
    done = _run(plan, jobs, _job_runner(options), console)
    results.clips = [done[InferenceJob(clip)] for clip in clips]
    for names, runs in ((corruptions, results.corruptions), (variations, results.variations)):
        for name in names:
            runs[name] = [done[InferenceJob(clip, name)] for clip in clips]
    output = (options.output or Path(time.strftime(_DEFAULT_OUTPUT))).resolve()
    _write(results, output)
    print_results(results, Console(highlight=False, emoji=False), protocol=options.protocol)
    console.print(f"Report: {escape(shown(output / REPORT_FILE))}")
    return results


def _clips_in(folders: Sequence[Path]) -> tuple[list[Clip], list[str]]:
    """The clips of several folders, each once, and the remarks about them.

    Raises:
        ClipFolderError: A folder has none, or two have a clip of the same source and name.
    """
    clips: dict[str, Clip] = {}
    remarks: list[str] = []
    for folder in folders:
        found = find_clips(folder)
        if not found.clips:
            raise ClipFolderError(
                f"There are no clips in {shown(folder)}. See fallwatch evaluate --help for the "
                "layouts."
            )
        for clip in found.clips:
            known = clips.setdefault(clip.key, clip)
            if known.path.resolve() != clip.path.resolve():
                raise ClipFolderError(
                    f"{shown(known.path)} and {shown(clip.path)} would both be called {clip.key} "
                    "in the results. Rename one of their folders, or measure them one by one."
                )
        remarks += found.remarks
    return list(clips.values()), remarks


def run_compare(a: Path, b: Path) -> None:
    """Print two results side by side.

    Raises:
        ClipFolderError: One of them cannot be read, or both; all that is wrong is said.
    """
    found, problems = [], []
    for path in (a, b):
        try:
            found.append(read_json(path))
        except ClipFolderError as error:
            problems.append(str(error))
    if problems:
        raise ClipFolderError(" ".join(dict.fromkeys(problems)))
    first, second = found
    console = Console(highlight=False, emoji=False)
    console.print(f"A: {escape(shown(a))}\nB: {escape(shown(b))}")
    console.print(comparison_view(compare(first.clips, second.clips, first.after_s)))


def load_models(settings: Settings, weights_dir: Path) -> Models:
    """Load the pose model and the classifier of the settings; runs in every process."""
    return Models(*build_models(settings, weights_dir))


def _plan(settings: Settings, weights_dir: Path, options: EvaluateOptions) -> InferencePlan:
    # Checked here, once, so that bad weights are one message and not one for each clip.
    load_manifest(weights_dir, settings.variant)
    manifest = weights_dir / settings.variant / MANIFEST_FILE
    device = device_named(settings.inference_device)
    pose_identity = (
        f"pose {networks_sha256(weights_dir)} {settings.max_people}",
        f"fps {settings.analysis_fps}",
        f"device {device}",
        f"code {code_identity(POSE_CODE)}",
    )
    classifier_identity = (
        f"weights {file_sha256(manifest)}",
        f"device {device}",
        f"code {code_identity(CLASSIFIER_CODE)}",
    )
    cache_dir = paths.cache_dir() / "evaluate"
    cache_dir.mkdir(parents=True, exist_ok=True)
    return InferencePlan(
        load_models=partial(load_models, settings, weights_dir),
        cache_dir=cache_dir,
        pose_identity="\n".join(pose_identity),
        classifier_identity="\n".join(classifier_identity),
        max_fps=settings.analysis_fps,
        config=judge_config(settings),
        sweep=SWEEP_THRESHOLDS if options.sweep else (),
        live=options.live,
    )


def _about(folders: Sequence[Path], settings: Settings, plan: InferencePlan) -> dict[str, str]:
    return {
        "fallwatch": __version__,
        "folder": ", ".join(shown(folder) for folder in folders),
        "variant": settings.variant,
        "sensitivity": settings.sensitivity,
        "threshold": f"{plan.config.threshold:g}",
        "analysis_fps": f"{settings.analysis_fps:g}",
        "judged": "as of a camera" if plan.live else "every frame",
        "models_sha256": hashlib.sha256(plan.identity.encode()).hexdigest(),
        "judge_sha256": judge_identity(),
        "made_utc": time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime()),
    }


def _job_runner(options: EvaluateOptions) -> JobRunner:
    if options.ray is not None:
        from fallwatch.evaluation.run.ray_cluster import run_on_ray

        return partial(run_on_ray, address=options.ray)
    return partial(run_parallel, processes=options.processes or _cores())


def _cores() -> int:
    """Those this process may use, which can be fewer than the computer has."""
    affinity: Callable[[int], set[int]] | None = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity is not None else os.cpu_count() or 1


def _run(
    plan: InferencePlan, jobs: Sequence[InferenceJob], run_jobs: JobRunner, console: Console
) -> dict[InferenceJob, ClipResult]:
    """Run all jobs, and show the progress."""
    done: dict[InferenceJob, ClipResult] = {}
    progress = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("clips, left:"),
        TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,
    )
    with progress:
        task = progress.add_task("Analysing", total=len(jobs))
        for job, result in run_jobs(plan, jobs):
            done[job] = result
            if result.error is not None:
                console.print(f"[bold red]Error:[/] {escape(result.error)}")
            progress.advance(task)
    return done


def _write(results: Results, output: Path) -> None:
    try:
        output.mkdir(parents=True, exist_ok=True)
        write_json(results, output / JSON_FILE)
        write_csv(results, output / CSV_FILE)
        write_report(results, output / REPORT_FILE)
    except OSError as error:
        raise ClipFolderError(
            f"The results cannot be written to {shown(output)} ({error.strerror}). Run it "
            "again with --output and another folder; what was analysed is kept."
        ) from error
