"""The real sets are read as they lie; skipped where they are absent."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from fallwatch import paths
from fallwatch.classifiers.manifest import available_variants
from fallwatch.classifiers.openvino_classifier import OpenVinoClassifier
from fallwatch.core.types import Box, PersonCrop
from tests.train.synthetic import SPEC
from train.data.samples import Exclusion, load_samples


def test_the_studys_set_has_its_images_and_its_known_duplicates(fallwatch_data: Path) -> None:
    samples, summary = load_samples([fallwatch_data / "kaggle_fall"], SPEC)
    assert summary.images == {"kaggle_fall": 485}
    assert summary.duplicates == 11
    assert set(samples.parts) == {"train", "val"}


def test_ur_falls_frames_are_found_in_the_studys_set(fallwatch_data: Path) -> None:
    folder = fallwatch_data / "kaggle_fall"
    exclusion = Exclusion(
        clips=(fallwatch_data / "urfd",), views=(folder / "images" / "train" / "fall130.jpg",)
    )
    samples, summary = load_samples([folder], SPEC, exclusion)
    # 79 are known to be there, duplicates among them not counted.
    assert summary.held_out_frames + summary.held_out_views >= 79
    assert len(set(samples.names)) > 380


def test_ward_images_are_separated_by_recording(fallwatch_data: Path) -> None:
    samples, _ = load_samples([fallwatch_data / "hospital_bed"], SPEC)
    assert len(set(samples.sources)) > 20
    assert set(samples.labels.tolist()) == {0, 1}


def test_le2i_layout_clips_are_cropped_through_the_apps_pose(
    fallwatch_data: Path, tmp_path: Path
) -> None:
    room = tmp_path / "le2i" / "Home_01"
    for kind, suffix in (("Videos", "avi"), ("Annotation_files", "txt")):
        (room / kind).mkdir(parents=True)
        original = fallwatch_data / "le2i_layout" / "Home_01" / kind / f"video (1).{suffix}"
        (room / kind / original.name).symlink_to(original)
    samples, _ = load_samples([tmp_path / "le2i"], SPEC)
    assert set(samples.sources) == {"le2i/Home_01/Videos/video (1).avi"}
    assert len(samples) >= 3


@pytest.mark.parametrize("variant", available_variants(paths.weights_dir()))
def test_shipped_weights_tell_the_studys_validation_people(
    variant: str, fallwatch_data: Path
) -> None:
    classifier = OpenVinoClassifier(paths.weights_dir(), variant)
    samples, _ = load_samples([fallwatch_data / "kaggle_fall"], classifier.input_spec)
    rows = np.flatnonzero(samples.parts == "val")[::4]
    said = [
        classifier.classify([PersonCrop(samples.crops[row], Box(0, 0, 1, 1))])[0].p_fall > 0.5
        for row in rows
    ]
    assert np.mean(np.array(said) == (samples.labels[rows] == 0)) > 0.75
