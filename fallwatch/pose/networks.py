"""The pose networks: where they come from, and one compiled copy for all cameras.

They come with fallwatch. In ``weights/blazepose`` are BlazePose's two: MediaPipe's own, turned into
OpenVINO's format by ``python -m train pose-networks`` without the parts that nobody asks for (the
mask of the body, and the pose in metres). All cameras share one copy of the weights. An image
costs a quarter of what MediaPipe's own graph takes; the README has the figures. In
``weights/second-eye`` is MoveNet MultiPose, see `fallwatch.pose.second_eye`.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

from fallwatch import paths
from fallwatch.core.message import Message
from fallwatch.pose.network_folder import MANIFEST_FILE, checked_networks
from fallwatch.pose.network_folder import PoseModelError as PoseModelError
from fallwatch.system.inference_device import CPU, Network
from fallwatch.system.openvino_runtime import import_openvino, openvino_core

#: Folders of the networks that come with fallwatch.
FOLDER = "blazepose"
SECOND_EYE_FOLDER = "second-eye"

#: The two networks in there, and as an official ``.task`` bundle names them.
NETWORKS = ("pose_detection", "pose_landmark_full")
_BUNDLE = ("pose_detector.tflite", "pose_landmarks_detector.tflite")

#: Places where the detector looks for a body, see `fallwatch.pose.detector`.
ANCHORS = 2254

#: The one network of the second eye, and the shape of its output.
_SECOND_EYE = "model"
_SECOND_EYE_OUTPUTS = ((1, 6, 56),)

#: Shapes of the outputs that are asked for, of each network: boxes and key points, and logits;
#: landmarks, presence, and heat maps.
OUTPUTS = (
    ((1, ANCHORS, 12), (1, ANCHORS, 1)),
    ((1, 195), (1, 1), (1, 64, 64, 39)),
)

#: Cameras whose landmarks are worked out at the same time; each takes 10 MB. Detector and second
#: eye are asked a quarter as often: one at a time is as fast, also in nine busy rooms, and takes
#: 28 MB less.
_STREAMS = min(2, os.cpu_count() or 1)


@dataclass(frozen=True, eq=False)
class PoseNetworks:
    """The networks. Each user asks them by an `Inference` of its own.

    All take (1, side, side, 3) uint8, channels blue, green, red.

    Attributes:
        detector: Gives boxes and key points (1, ANCHORS, 12), and logits (1, ANCHORS, 1).
        landmarks: Gives 39 landmarks (1, 195), presence (1, 1) and heat maps (1, 64, 64, 39).
        second_eye: Gives six bodies (1, 6, 56): points, box and score.
    """

    detector: Network
    landmarks: Network
    second_eye: Network


# Weak, so that networks nobody uses any more leave the memory.
_loaded: WeakValueDictionary[tuple[Path, Path, str], PoseNetworks] = WeakValueDictionary()
_loading = threading.Lock()


def shared_networks(weights_dir: Path, device: str = CPU) -> PoseNetworks:
    """The networks that are in use already, or newly loaded ones.

    A ``pose_landmarker_*.task`` of the user's own in ``weights_dir`` goes before fallwatch's.

    Args:
        weights_dir: Where to look first.
        device: What runs them, as OpenVINO names devices.

    Raises:
        PoseModelError: They are missing or damaged.
    """
    with _loading:
        own = _own_bundle(weights_dir) or _folder(weights_dir, FOLDER)
        source = own, _folder(weights_dir, SECOND_EYE_FOLDER), device
        found = _loaded.get(source)
        if found is None:
            found = _loaded[source] = _load(weights_dir, device)
        return found


def networks_sha256(weights_dir: Path) -> str:
    """Checksum of the files that `shared_networks` reads.

    Raises:
        PoseModelError: They are missing or damaged.
    """
    digest = hashlib.sha256()
    with _files(weights_dir) as files:
        for path in files:
            digest.update(path.read_bytes())
            weights = path.with_suffix(".bin")
            if weights.is_file():
                digest.update(weights.read_bytes())
    return digest.hexdigest()


def _own_bundle(weights_dir: Path) -> Path | None:
    return min(weights_dir.glob("pose_landmarker_*.task"), default=None)


def _load(weights_dir: Path, device: str) -> PoseNetworks:
    # What a pixel's 0 to 255 are brought to, as mediapipe's graphs prescribe: -1 to 1 for the
    # detector, 0 to 1 for the landmarks.
    with _files(weights_dir) as (detector, landmarks, second_eye):
        return PoseNetworks(
            _network(detector, device, 127.5, 127.5, OUTPUTS[0]),
            _network(landmarks, device, 0.0, 255.0, OUTPUTS[1], streams=_STREAMS),
            _network(second_eye, device, 0.0, 1.0, _SECOND_EYE_OUTPUTS),
        )


def _folder(weights_dir: Path, name: str) -> Path:
    # A folder of weights from a training run holds classifiers only.
    here = weights_dir / name
    return here if (here / MANIFEST_FILE).is_file() else paths.weights_dir() / name


@contextmanager
def _files(weights_dir: Path) -> Iterator[tuple[Path, Path, Path]]:
    (second_eye,) = checked_networks(_folder(weights_dir, SECOND_EYE_FOLDER), _SECOND_EYE)
    own = _own_bundle(weights_dir)
    if own is None:
        detector, landmarks = checked_networks(_folder(weights_dir, FOLDER), *NETWORKS)
        yield detector, landmarks, second_eye
        return
    # OpenVINO reads this format from files only. Windows keeps a mapped file until it is let go.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        try:
            with zipfile.ZipFile(own) as bundle:
                detector, landmarks = (Path(bundle.extract(name, scratch)) for name in _BUNDLE)
        except (OSError, KeyError, zipfile.BadZipFile) as error:
            raise PoseModelError(
                Message(
                    "{0} is no Pose Landmarker bundle ({1}). Remove it, or replace it by an "
                    "official pose_landmarker_*.task.",
                    (str(own), str(error)),
                )
            ) from error
        yield detector, landmarks, second_eye


def _network(
    path: Path,
    device: str,
    mean: float,
    scale: float,
    outputs: tuple[tuple[int, ...], ...],
    *,
    streams: int = 1,
) -> Network:
    """One network, with its input in pixels and only the outputs whose shapes are asked for.

    Args:
        path: An ``.xml`` or ``.tflite`` file.
        device: What runs it.
        mean: Taken from each pixel's value.
        scale: What it is then divided by.
        outputs: Shapes of the outputs wanted, in this order.
        streams: Users whom the processor answers at the same time.
    """
    openvino = import_openvino()
    core = openvino_core()
    try:
        model = with_outputs(core.read_model(path), outputs)
        prepare = openvino.preprocess.PrePostProcessor(model)
        channels = openvino.preprocess.ColorFormat
        tensor = prepare.input().tensor()
        tensor.set_element_type(openvino.Type.u8).set_layout(openvino.Layout("NHWC"))
        tensor.set_color_format(channels.BGR)
        prepare.input().model().set_layout(openvino.Layout("NHWC"))
        steps = prepare.input().preprocess().convert_color(channels.RGB)
        steps.convert_element_type(openvino.Type.f32).mean(mean).scale(scale)
        return Network(
            path.stem,
            prepare.build(),
            device,
            # Threads stay where the system puts them: pinned ones wait for a busy core beside an
            # idle one.
            {
                "INFERENCE_NUM_THREADS": streams,
                "NUM_STREAMS": streams,
                "ENABLE_CPU_PINNING": False,
            },
        )
    except RuntimeError as error:
        raise PoseModelError(
            Message(
                "OpenVINO cannot load {0} ({1}). Install fallwatch again, or replace your own "
                "pose_landmarker_*.task by an official one.",
                (path.name, str(error).strip().splitlines()[-1]),
            )
        ) from error


def with_outputs(model: Any, outputs: tuple[tuple[int, ...], ...]) -> Any:
    """A network that works out only the outputs of these shapes, in this order.

    Raises:
        PoseModelError: It has no such output.
    """
    chosen = [_output(model, shape) for shape in outputs]
    return import_openvino().Model(chosen, model.get_parameters(), model.get_friendly_name())


def _output(model: Any, shape: tuple[int, ...]) -> Any:
    for output in model.outputs:
        if tuple(output.shape) == shape:
            return output
    raise PoseModelError(
        Message("The pose model has no output of shape {0}: it is another model.", (str(shape),))
    )
