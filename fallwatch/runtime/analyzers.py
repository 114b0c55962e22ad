"""Putting an analyzer together from settings: the one place that knows which parts are used."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from fallwatch import paths
from fallwatch.core.analyzer import Analyzer, Cutter
from fallwatch.core.judge.judge import JudgeConfig
from fallwatch.core.message import Message
from fallwatch.core.zones import Zone, ZoneKind
from fallwatch.recording.trim_memory import hand_back_memory
from fallwatch.settings import CameraSettings, Settings

if TYPE_CHECKING:
    from fallwatch.classifiers.shared_classifier import SharedClassifier
    from fallwatch.pose.blazepose import BlazePose


def build_models(
    settings: Settings, weights_dir: Path | None = None
) -> tuple[BlazePose, SharedClassifier, Cutter]:
    """Load what looks at images: pose model, classifier, and the cutter of its crops.

    All that are built of the same weights share the networks.

    Raises:
        fallwatch.classifiers.manifest.WeightsError: The classifier cannot be loaded.
        fallwatch.pose.networks.PoseModelError: The pose model cannot be had.
    """
    from fallwatch.classifiers.shared_classifier import shared_classifier
    from fallwatch.pose.blazepose import BlazePose
    from fallwatch.runtime.enhanced_crops import enhanced_crop
    from fallwatch.system.device_choice import device_named

    folder = weights_dir or paths.weights_dir()
    device = device_named(settings.inference_device)
    # OpenVINO compiles one network on one processor.
    with ThreadPoolExecutor(1, "fallwatch-classifier") as beside:
        loading = beside.submit(shared_classifier, folder, settings.variant, device)
        pose = BlazePose(folder, settings.max_people, device)
        classifier = loading.result()
    # What compiling held on the way: 10 to 25 MB.
    hand_back_memory()
    return pose, classifier, partial(enhanced_crop, spec=classifier.input_spec)


def import_models() -> None:
    """Import what `build_models` needs, so that it imports nothing itself."""
    import_module("fallwatch.classifiers.shared_classifier")
    import_module("fallwatch.pose.blazepose")
    import_module("fallwatch.runtime.enhanced_crops")
    import_module("fallwatch.system.device_choice").import_openvino()


def with_variant_at_hand(
    settings: Settings, weights_dir: Path | None = None
) -> tuple[Settings, Message | None]:
    """The settings, with the default classifier where the chosen one is not on this computer.

    Returns:
        The settings, and what to tell people; None where the chosen one is there, or where the
        default is missing, too, which is no choice.
    """
    from fallwatch.classifiers.manifest import available_variants

    default = Settings().variant
    known = available_variants(weights_dir or paths.weights_dir())
    if settings.variant in known or default not in known:
        return settings, None
    words = Message(
        "The classifier {0} is not on this computer: rooms are watched with {1}. Choose another "
        "one in the settings, or put {0} there: further ones are a download of each release.",
        (settings.variant, default),
    )
    return settings.model_copy(update={"variant": default}), words


def zones_of(camera: CameraSettings) -> tuple[Zone, ...]:
    """The zones drawn on a camera's image, as the judge wants them."""
    return tuple(
        Zone(ZoneKind(zone.kind), zone.corners_norm, zone.exit_after_s, zone.exit_hours)
        for zone in camera.zones
    )


def judge_config(
    settings: Settings, zones: tuple[Zone, ...] = (), camera: CameraSettings | None = None
) -> JudgeConfig:
    """The judge's limits that the settings ask for: the room's own, else those of all rooms."""
    sensitivity = settings.sensitivity
    if camera is not None and camera.sensitivity != "default":
        sensitivity = camera.sensitivity
    return replace(
        JudgeConfig.for_sensitivity(sensitivity),
        zones=zones,
        on_floor_after_s=settings.on_floor_after_s,
        long_lie_after_s=settings.long_lie_after_s,
    )


def build_analyzer(
    camera: str,
    settings: Settings,
    weights_dir: Path | None = None,
    zones: tuple[Zone, ...] = (),
    room: CameraSettings | None = None,
) -> Analyzer:
    """Load the models and build the analyzer of one camera. Takes seconds: not on the GUI thread.

    Args:
        camera: Name for the events.
        settings: Variant, sensitivity and times.
        weights_dir: Where the variants lie; the bundled ones by default.
        zones: Beds and places to ignore in this camera's image.
        room: The room's own settings, where there are any.

    Raises:
        fallwatch.classifiers.manifest.WeightsError: See `build_models`.
        fallwatch.pose.networks.PoseModelError: See `build_models`.
    """
    pose, classifier, cut = build_models(settings, weights_dir)
    return Analyzer(camera, pose, classifier, cut, judge_config(settings, zones, room))
