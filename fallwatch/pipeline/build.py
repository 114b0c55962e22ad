"""Putting an analyzer together from settings: the one place that knows which parts are used."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from fallwatch import paths
from fallwatch.core.analyzer import Analyzer
from fallwatch.core.judge import JudgeConfig
from fallwatch.settings import Settings


def judge_config(settings: Settings) -> JudgeConfig:
    """The judge's limits that the settings ask for."""
    return replace(
        JudgeConfig.for_sensitivity(settings.sensitivity),
        on_floor_after_s=settings.on_floor_after_s,
        long_lie_after_s=settings.long_lie_after_s,
    )


def build_analyzer(camera: str, settings: Settings, weights_dir: Path | None = None) -> Analyzer:
    """Load the models and build the analyzer of one camera. Takes seconds: not on the GUI thread.

    Args:
        camera: Name for the events.
        settings: Variant, sensitivity and times.
        weights_dir: Where the variants lie; the bundled ones by default.

    Raises:
        fallwatch.classifiers.manifest.WeightsError: The classifier cannot be loaded.
        fallwatch.pose.bundle.BundleError: The pose model cannot be had.
    """
    from fallwatch.classifiers.openvino_classifier import OpenVinoClassifier
    from fallwatch.classifiers.preprocessing import cut_crop
    from fallwatch.pose.bundle import find_bundle
    from fallwatch.pose.mediapipe_pose import MediaPipePose

    folder = weights_dir or paths.weights_dir()
    classifier = OpenVinoClassifier(folder, settings.variant)
    pose = MediaPipePose(find_bundle(folder, paths.cache_dir()), max_people=settings.max_people)
    spec = classifier.input_spec
    return Analyzer(
        camera,
        pose,
        classifier,
        cut=lambda image, box: cut_crop(image, box, spec),
        config=judge_config(settings),
    )
