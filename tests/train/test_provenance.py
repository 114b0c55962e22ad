"""Settings are stored under the names of the bundled weights, and files without their folder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fallwatch import paths
from train.model.variants import RECIPE, VARIANTS
from train.provenance import data_licences, settings_of, start_weights


@pytest.mark.parametrize("name", VARIANTS)
def test_settings_have_the_names_that_the_bundled_weights_have(name: str) -> None:
    manifest = json.loads((paths.weights_dir() / name / "model.json").read_text("utf-8"))
    stored = manifest["provenance"]["settings"]
    written = settings_of(
        VARIANTS[name], max_per_source=None, test_fold=None, refit=True, precision="32-true"
    )
    assert stored.keys() <= written.keys()


def test_the_share_of_augmented_crops_is_stored_as_world() -> None:
    settings = settings_of(RECIPE["resnet18-optimised"])
    assert settings["world"] == 0.5
    assert "augment_share" not in settings


def test_a_set_that_nobody_knows_has_no_stated_licence() -> None:
    assert data_licences(["mine"]) == {"mine": "not stated: ask its owner"}
    assert "CC BY 4.0" in data_licences(["hospital_bed"])["hospital_bed"]


def test_start_weights_have_name_and_checksum_and_never_a_folder(tmp_path: Path) -> None:
    path = tmp_path / "mine.safetensors"
    path.write_bytes(b"abc")
    found = start_weights(VARIANTS["resnet18-baseline"], str(path))
    assert found["name"] == "mine.safetensors"
    assert found["sha256"].startswith("ba7816bf")
    assert str(tmp_path) not in json.dumps(found)
