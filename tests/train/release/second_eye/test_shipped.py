"""The second eye that comes with fallwatch is the one its manifest describes, and sees."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from fallwatch import paths
from fallwatch.classifiers.manifest import available_variants
from fallwatch.core.types import Floats, Image
from fallwatch.system.openvino_runtime import openvino_core
from tests.pose.clip_frames import clip_frames
from train.release.second_eye import npm_package
from train.release.second_eye.drawn_person import drawn_person, expected_rows
from train.release.second_eye.make import (
    FOLDER,
    MANIFEST_FILE,
    MAX_DIFFERENCE,
    difference_from_tensorflow,
)

FILES = paths.weights_dir() / FOLDER
MODEL = FILES / "model.xml"


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    content: dict[str, Any] = json.loads((FILES / MANIFEST_FILE).read_text(encoding="utf-8"))
    return content


def people_in(image: Image) -> Floats:
    """The network's six rows (6, 56) for an RGB image of any size it allows."""
    model = openvino_core().read_model(MODEL)
    model.reshape([1, *image.shape])
    network = openvino_core().compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    return np.array(network(image[None])[0][0], np.float32)


def test_every_file_has_the_checksum_of_the_manifest(manifest: dict[str, Any]) -> None:
    found = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in FILES.iterdir()
        if path.name != MANIFEST_FILE
    }
    assert found == manifest["sha256"]


def test_the_manifest_names_the_package_that_the_command_reads(manifest: dict[str, Any]) -> None:
    assert manifest["origin"]["integrity"] == npm_package.INTEGRITY
    assert manifest["licence_file"] in manifest["sha256"]


def test_input_and_output_are_those_of_the_manifest(manifest: dict[str, Any]) -> None:
    model = openvino_core().read_model(MODEL)
    for port, said in (
        (model.input(0), manifest["made"]["input"]),
        (model.output(0), manifest["made"]["output"]),
    ):
        assert port.get_any_name() == said["name"]
        assert list(port.shape) == said["shape"]
        assert np.dtype(port.get_element_type().to_dtype()) == said["type"]


def test_weights_are_stored_in_sixteen_bits() -> None:
    model = openvino_core().read_model(MODEL)
    sizes: dict[str, int] = {}
    for node in model.get_ops():
        if node.get_type_name() == "Constant":
            kind = node.get_element_type().get_type_name()
            sizes[kind] = sizes.get(kind, 0) + int(np.prod(node.shape))
    assert sizes["f16"] > 4_000_000
    assert sum(count for kind, count in sizes.items() if kind != "f16") < 5_000


def test_it_says_what_tensorflow_says() -> None:
    assert difference_from_tensorflow(MODEL) < MAX_DIFFERENCE


@pytest.mark.parametrize("size", [(192, 256), (256, 192), (160, 320), (224, 224)])
def test_it_takes_images_whose_sides_are_multiples_of_32(size: tuple[int, int]) -> None:
    row = people_in(drawn_person(*size))[0]
    assert row[55] > 0.5
    # The middle of the box, and the nose above the ankles.
    assert (row[52] + row[54]) / 2 == pytest.approx(0.5, abs=0.03)
    assert row[0] < 0.2 < 0.8 < row[45]


def test_it_sees_nobody_in_an_empty_image() -> None:
    room = drawn_person(192, 256)
    room[:] = room[:, :1]
    assert people_in(room)[:, 55].max() < 0.1


@pytest.mark.parametrize(("frame", "is_lying"), [(30, False), (100, True)])
def test_it_finds_the_man_of_the_demo_clip(frame: int, is_lying: bool) -> None:
    image = clip_frames(frame, 1)[0].image_bgr
    small = cv2.resize(cv2.cvtColor(image, cv2.COLOR_BGR2RGB), (256, 192))
    best, *others = people_in(np.asarray(small, np.uint8))
    top, left, bottom, right, score = best[51:]
    assert score > 0.4
    assert max(row[55] for row in others) < 0.1
    # At 4:3, in pixels.
    assert bool((right - left) * 4 > (bottom - top) * 3) is is_lying


def test_it_is_not_offered_as_a_classifier() -> None:
    assert FOLDER not in available_variants(paths.weights_dir())


def test_the_expected_rows_are_those_of_two_shapes() -> None:
    rows = expected_rows()
    assert set(rows) == {(192, 256), (256, 256)}
    assert all(row.shape == (56,) and row[55] > 0.6 for row in rows.values())


def test_nothing_names_a_folder_of_the_machine_it_was_made_on() -> None:
    here = (str(Path.home()), str(Path(npm_package.__file__).parent))
    for path in FILES.iterdir():
        assert not any(name.encode() in path.read_bytes() for name in here)
