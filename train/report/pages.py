"""Pages of a report: one self-contained HTML per run, and one that compares runs."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import jinja2
import numpy as np

from fallwatch.core.types import Image
from train.errors import TrainError
from train.report import plots
from train.run import REPORT_FILE, Finished

_WORST = 24
_CLASS_NAMES = ("Fall", "Not Fall")

Report = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Mistake:
    """One crop classified wrongly, for the page.

    Attributes:
        name: Of the image.
        truth: Its class.
        p_fall: P(Fall) of the network.
        jpeg_base64: The crop.
    """

    name: str
    truth: str
    p_fall: float
    jpeg_base64: str


def write_run_page(finished: Finished, path: Path) -> None:
    """Write the page of one run: settings, data, curves, figures and the worst mistakes."""
    report = finished.report
    page = _template("run.html").render(
        report=report,
        curves=plots.learning_curves(report["history"], report["best_epoch"]),
        precision_recall=plots.precision_recall({report["variant"]: report["predictions"]}),
        reliability=plots.reliability(report["predictions"]),
        mistakes=worst_mistakes(finished),
        class_names=_CLASS_NAMES,
    )
    path.write_text(page, encoding="utf-8")


def write_comparison(reports: Sequence[Report], path: Path) -> None:
    """Write the page that sets runs side by side."""
    curves = {label_of(report): report["predictions"] for report in reports}
    page = _template("comparison.html").render(
        reports=reports, precision_recall=plots.precision_recall(curves)
    )
    path.write_text(page, encoding="utf-8")


def label_of(report: Mapping[str, Any]) -> str:
    """Short name of a run."""
    return f"{report['variant']}, {report['recipe']}, {report['protocol']}, seed {report['seed']}"


def read_reports(folder: Path) -> list[Report]:
    """All report.json below a folder, in the order of their paths.

    Raises:
        TrainError: There is none, or one is damaged.
    """
    reports = [read_report(path) for path in sorted(folder.rglob(REPORT_FILE))]
    if not reports:
        raise TrainError(
            f"There is no finished run in {folder}. Train one first: python -m train --help."
        )
    return reports


def read_report(path: Path) -> Report:
    """One report.json.

    Raises:
        TrainError: It is damaged.
        OSError: It cannot be read.
    """
    try:
        report: Report = json.loads(path.read_text("utf-8"))
    except json.JSONDecodeError as error:
        raise TrainError(f"{path} is damaged ({error}). Remove it or run again.") from error
    return report


def worst_mistakes(finished: Finished) -> list[Mistake]:
    """The crops classified wrongly with the most certainty, worst first, at most 24."""
    test = finished.run.samples.take(finished.run.split.test)
    p_fall = np.array([row["p_fall"] for row in finished.report["predictions"]])
    wrong = (p_fall >= finished.threshold) != (test.labels == 0)
    # How far from the truth, 0 to 1.
    error = np.where(test.labels == 0, 1.0 - p_fall, p_fall)
    order = [int(i) for i in np.argsort(-error, kind="stable") if wrong[i]][:_WORST]
    return [
        Mistake(
            name=str(test.names[i]),
            truth=_CLASS_NAMES[int(test.labels[i])],
            p_fall=float(p_fall[i]),
            jpeg_base64=_jpeg_base64(test.crops[i]),
        )
        for i in order
    ]


def _jpeg_base64(crop: Image) -> str:
    ok, data = cv2.imencode(".jpg", cv2.resize(crop, (160, 160), interpolation=cv2.INTER_AREA))
    if not ok:
        raise RuntimeError("OpenCV could not write a JPEG in memory")
    return base64.b64encode(data.tobytes()).decode("ascii")


def _template(name: str) -> jinja2.Template:
    loader = jinja2.FileSystemLoader(Path(__file__).parent / "templates")
    environment = jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True
    )
    return environment.get_template(name)
