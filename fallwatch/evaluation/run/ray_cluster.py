"""Execution of a run on a Ray cluster that exists already: the extra ``ray``."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Any

from fallwatch.evaluation.clips.clips import ClipFolderError
from fallwatch.evaluation.run.parallel import JobResults
from fallwatch.evaluation.run.worker import InferenceJob, InferencePlan, InferenceWorker
from fallwatch.evaluation.score.clip_result import ClipResult


def run_on_ray(plan: InferencePlan, jobs: Sequence[InferenceJob], address: str) -> JobResults:
    """Run all jobs on a cluster, one core each.

    fallwatch must be installed on its computers, and the clips and weights lie under the same
    paths there, as on a shared disk. Predictions are cached where they were made.

    Args:
        plan: The same for all jobs.
        jobs: In the order in which they are begun.
        address: As `ray.init` takes it: ``auto``, or ``ray://HOST:10001``.

    Raises:
        ClipFolderError: Ray is not installed, or the cluster cannot be reached.
    """
    ray = _ray()
    try:
        ray.init(address=address, log_to_driver=False, ignore_reinit_error=True)
    except (ConnectionError, ValueError, RuntimeError) as error:
        raise ClipFolderError(
            f"No Ray cluster answers at {address} ({error}). Start one with: ray start --head"
        ) from error
    try:
        remote = ray.remote(num_cpus=1)(_run_job)
        shared = ray.put(plan)
        jobs_by_task = {remote.remote(shared, job): job for job in jobs}
        waiting = list(jobs_by_task)
        while waiting:
            done, waiting = ray.wait(waiting)
            for task in done:
                yield jobs_by_task[task], _result(ray, task, jobs_by_task[task])
    finally:
        ray.shutdown()


def _ray() -> Any:
    try:
        return importlib.import_module("ray")
    except ImportError as error:
        raise ClipFolderError(
            "Ray is not installed. Run: pip install 'fallwatch[ray]', or leave out --ray."
        ) from error


def _result(ray: Any, task: Any, job: InferenceJob) -> ClipResult:
    try:
        result: ClipResult = ray.get(task)
    except ray.exceptions.RayError as error:
        return job.failed(f"{job.clip.path}: {str(error).splitlines()[-1]}")
    return result


#: The worker of this process of the cluster, so that models are loaded once.
_workers: dict[str, InferenceWorker] = {}


def _run_job(plan: InferencePlan, job: InferenceJob) -> ClipResult:
    if plan.identity not in _workers:
        _workers.clear()
    worker = _workers.setdefault(plan.identity, InferenceWorker(plan))
    # The same models can be judged with other limits.
    worker.plan = plan
    return worker.run(job)
