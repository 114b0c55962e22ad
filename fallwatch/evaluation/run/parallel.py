"""Doing the jobs of a run in several processes on this computer."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing.synchronize import Event as ProcessEvent

from fallwatch.evaluation.run.worker import InferenceJob, InferencePlan, InferenceWorker
from fallwatch.evaluation.score.outcome import ClipOutcome

#: Hands over one outcome after the other, in the order in which they are done.
Outcomes = Iterator[tuple[InferenceJob, ClipOutcome]]

#: Each process computes with one thread: there are as many processes as cores.
_ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "OPENCV_FOR_THREADS_NUM": "1",
    # The pose model's start-up remarks would break up the progress bar.
    "GLOG_minloglevel": "2",
}

_worker: InferenceWorker | None = None


def run_parallel(plan: InferencePlan, jobs: Sequence[InferenceJob], processes: int) -> Outcomes:
    """Do all jobs.

    A process that dies takes its clip with it and no other: the rest goes on in a new one. When
    the caller stops asking, or is interrupted, the processes end within one picture.

    Args:
        plan: What is the same for all.
        jobs: In the order in which they are begun.
        processes: At most this many at once.
    """
    left = list(jobs)
    while left:
        died = False
        for job, outcome in _run_pool(plan, left, processes):
            if outcome is None:
                died = True
                continue
            left.remove(job)
            yield job, outcome
        if died and processes == 1:
            # One process does its jobs in order: the first one left is what it died of.
            job = left.pop(0)
            yield job, job.failed(f"{job.clip.path} brought the analysis down; it is left out.")
        processes = 1


def _run_pool(
    plan: InferencePlan, jobs: Sequence[InferenceJob], processes: int
) -> Iterator[tuple[InferenceJob, ClipOutcome | None]]:
    context = multiprocessing.get_context("spawn")
    stop = context.Event()
    with _environment(_ONE_THREAD):
        pool = ProcessPoolExecutor(
            max_workers=min(processes, len(jobs)),
            mp_context=context,
            initializer=_start,
            initargs=(plan, stop),
        )
        futures: dict[Future[ClipOutcome], InferenceJob] = {}
        try:
            futures = {pool.submit(_do, job): job for job in jobs}
            for future in as_completed(futures):
                yield futures[future], _result(future, futures[future])
        finally:
            stop.set()
            pool.shutdown(wait=True, cancel_futures=True)


def _result(future: Future[ClipOutcome], job: InferenceJob) -> ClipOutcome | None:
    """None if the process died; a clip that trips over a fault in the program is reported."""
    error = future.exception()
    if error is None:
        return future.result()
    if isinstance(error, BrokenProcessPool):
        return None
    return job.failed(f"{job.clip.path}: {type(error).__name__}: {error}")


def _start(plan: InferencePlan, stop: ProcessEvent) -> None:
    global _worker
    # Ctrl-C reaches every process of the terminal; the first one tells the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, name="fallwatch-parent", daemon=True).start()
    import cv2

    cv2.setNumThreads(1)
    _worker = InferenceWorker(plan, cancelled=stop.is_set)


def _end_with_parent() -> None:
    """A run that is killed can tell nobody: its processes would wait for more work for ever."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def _do(job: InferenceJob) -> ClipOutcome:
    assert _worker is not None
    return _worker.do(job)


@contextmanager
def _environment(values: dict[str, str]) -> Iterator[None]:
    """Variables that processes started inside inherit; what is set already stays."""
    added = [name for name in values if name not in os.environ]
    os.environ.update({name: values[name] for name in added})
    try:
        yield
    finally:
        for name in added:
            del os.environ[name]


#: How a run spreads its jobs.
Spread = Callable[[InferencePlan, Sequence[InferenceJob]], Outcomes]
