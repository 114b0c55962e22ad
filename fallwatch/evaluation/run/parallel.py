"""Execution of a run in several processes on this computer."""

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
from fallwatch.evaluation.score.clip_result import ClipResult

#: One result after the other, in the order in which the jobs are done.
JobResults = Iterator[tuple[InferenceJob, ClipResult]]

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


def run_parallel(plan: InferencePlan, jobs: Sequence[InferenceJob], processes: int) -> JobResults:
    """Run all jobs.

    A process that dies takes its clip with it and no other: the rest goes on in a new one. When
    the caller stops asking, or is interrupted, the processes end within one frame.

    Args:
        plan: The same for all jobs.
        jobs: In the order in which they are begun.
        processes: At most this many at once.
    """
    left = list(jobs)
    while left:
        died = False
        for job, result in _run_pool(plan, left, processes):
            if result is None:
                died = True
                continue
            left.remove(job)
            yield job, result
        if died and processes == 1:
            # One process runs its jobs in order: the first one left is what it died of.
            job = left.pop(0)
            yield job, job.failed(f"{job.clip.path} brought the analysis down; it is left out.")
        processes = 1


def _run_pool(
    plan: InferencePlan, jobs: Sequence[InferenceJob], processes: int
) -> Iterator[tuple[InferenceJob, ClipResult | None]]:
    context = multiprocessing.get_context("spawn")
    stop = context.Event()
    with _environment(_ONE_THREAD):
        pool = ProcessPoolExecutor(
            max_workers=min(processes, len(jobs)),
            mp_context=context,
            initializer=_start_worker,
            initargs=(plan, stop),
        )
        futures: dict[Future[ClipResult], InferenceJob] = {}
        try:
            futures = {pool.submit(_run_job, job): job for job in jobs}
            for future in as_completed(futures):
                yield futures[future], _result(future, futures[future])
        finally:
            stop.set()
            pool.shutdown(wait=True, cancel_futures=True)


def _result(future: Future[ClipResult], job: InferenceJob) -> ClipResult | None:
    """None if the process died; a clip that meets a fault in the program is reported."""
    error = future.exception()
    if error is None:
        return future.result()
    if isinstance(error, BrokenProcessPool):
        return None
    return job.failed(f"{job.clip.path}: {type(error).__name__}: {error}")


def _start_worker(plan: InferencePlan, stop: ProcessEvent) -> None:
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


def _run_job(job: InferenceJob) -> ClipResult:
    assert _worker is not None
    return _worker.run(job)


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


#: Runs all jobs of a plan.
JobRunner = Callable[[InferencePlan, Sequence[InferenceJob]], JobResults]
