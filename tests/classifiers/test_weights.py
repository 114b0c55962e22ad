"""Weights are checked before they are used, and every failure is one sentence with a remedy."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fallwatch import paths
from fallwatch.classifiers.manifest import WeightsError, available_variants, load_manifest
from fallwatch.classifiers.openvino_classifier import OpenVinoClassifier, fall_probability
from fallwatch.core.types import Box, PersonCrop
from tests.classifiers.tiny_weights import write_manifest, write_weights


def crop(value: int) -> PersonCrop:
    return PersonCrop(np.full((64, 64, 3), value, dtype=np.uint8), Box(0, 0, 64, 64))


def test_crops_are_classified_in_order(tmp_path: Path) -> None:
    write_weights(tmp_path)
    classifier = OpenVinoClassifier(tmp_path, "tiny")
    dark, bright = classifier.classify([crop(0), crop(255)])
    assert dark.p_fall < 0.1 < 0.9 < bright.p_fall
    assert classifier.classify([]) == []
    assert classifier.variant == "tiny"


def test_openvino_cannot_report_to_its_maker_and_leaves_its_converter_out(tmp_path: Path) -> None:
    write_weights(tmp_path)
    script = (
        "import sys; from pathlib import Path\n"
        "from fallwatch.classifiers.openvino_classifier import OpenVinoClassifier\n"
        "OpenVinoClassifier(Path(sys.argv[1]), 'tiny')\n"
        "print(sys.modules['openvino_telemetry'])\n"
        "print([m for m in sys.modules if m.startswith(('openvino_telemetry.', 'openvino.tools'))])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], check=True, stdout=subprocess.PIPE, text=True
    )
    assert done.stdout.splitlines() == ["None", "[]"]


def test_a_higher_temperature_makes_milder_probabilities(tmp_path: Path) -> None:
    target = write_weights(tmp_path)
    sharp = OpenVinoClassifier(tmp_path, "tiny").classify([crop(255)])[0].p_fall
    write_manifest(target, temperature=4.0)
    mild = OpenVinoClassifier(tmp_path, "tiny").classify([crop(255)])[0].p_fall
    assert 0.5 < mild < sharp


@given(st.floats(-1e4, 1e4), st.floats(-1e4, 1e4), st.floats(0.05, 20))
def test_probabilities_are_finite_and_add_up_for_any_logits(a: float, b: float, t: float) -> None:
    p = fall_probability(np.array([[a, b], [b, a]], dtype=np.float32), t)
    assert np.isfinite(p).all()
    assert p[0] + p[1] == pytest.approx(1.0, abs=1e-5)


def damage_reversed_classes(target: Path) -> None:
    write_manifest(target, classes=["Not Fall", "Fall"])


def damage_flipped_bit(target: Path) -> None:
    content = bytearray((target / "model.bin").read_bytes())
    content[0] ^= 1
    (target / "model.bin").write_bytes(content)


def damage_missing_file(target: Path) -> None:
    (target / "model.bin").unlink()


def damage_no_json(target: Path) -> None:
    (target / "model.json").write_text("not json")


def damage_unknown_key(target: Path) -> None:
    write_manifest(target, tresholt=0.5)


def damage_no_checksum(target: Path) -> None:
    write_manifest(target, sha256={})


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (damage_reversed_classes, r"every verdict would be reversed"),
        (damage_flipped_bit, r"model\.bin is damaged"),
        (damage_missing_file, r"model\.bin is missing"),
        (damage_no_json, r"model\.json is not a valid manifest"),
        (damage_unknown_key, r"tresholt"),
        (damage_no_checksum, r"no sha256 for model\.xml"),
    ],
)
def test_damaged_weights_are_refused_in_one_sentence(
    tmp_path: Path, damage: object, says: str
) -> None:
    target = write_weights(tmp_path)
    assert callable(damage)
    damage(target)
    with pytest.raises(WeightsError, match=says) as caught:
        OpenVinoClassifier(tmp_path, "tiny")
    assert "tiny" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_unknown_variant_is_refused_with_those_there_are(tmp_path: Path) -> None:
    write_weights(tmp_path)
    with pytest.raises(
        WeightsError, match=r"no weights for 'nosuch'.*Available: tiny.*pip install \./weights"
    ):
        load_manifest(tmp_path, "nosuch")


@pytest.mark.parametrize("variant", ["../outside/tiny", "..", ".", "", "sub/../tiny", "{outside}"])
def test_a_variant_is_a_name_and_leads_to_no_other_folder(tmp_path: Path, variant: str) -> None:
    inside = tmp_path / "weights"
    write_weights(inside)
    outside = write_weights(tmp_path / "outside")
    with pytest.raises(WeightsError, match=r"no weights for .*Available: tiny"):
        load_manifest(inside, variant.format(outside=outside))
    assert load_manifest(inside, "tiny").variant == "tiny"


def test_a_network_with_another_number_of_outputs_is_refused(tmp_path: Path) -> None:
    write_weights(tmp_path, outputs=3)
    with pytest.raises(WeightsError, match=r"\(1, 3\), expected \(1, 2\)"):
        OpenVinoClassifier(tmp_path, "tiny")


def test_a_file_that_is_no_network_is_refused(tmp_path: Path) -> None:
    target = write_weights(tmp_path)
    (target / "model.xml").write_text("<net/>")
    write_manifest(target)
    with pytest.raises(WeightsError, match=r"OpenVINO cannot load"):
        OpenVinoClassifier(tmp_path, "tiny")


def test_every_bundled_variant_loads_and_says_where_it_comes_from() -> None:
    names = available_variants(paths.weights_dir())
    assert "resnet18-optimised" in names
    for name in names:
        side = load_manifest(paths.weights_dir(), name).input.side_px
        image = np.zeros((side, side, 3), dtype=np.uint8)
        (prediction,) = OpenVinoClassifier(paths.weights_dir(), name).classify(
            [PersonCrop(image, Box(0, 0, side, side))]
        )
        assert 0.0 <= prediction.p_fall <= 1.0
        manifest = json.loads((paths.weights_dir() / name / "model.json").read_text())
        assert manifest["variant"] == name
        assert manifest["provenance"]
