"""Options: what is given on the command line is what the run gets, and --help shows them all."""

from __future__ import annotations

import re
from dataclasses import MISSING, Field, fields
from functools import cache
from pathlib import Path
from typing import get_type_hints

import pytest
from typer.testing import CliRunner

from fallwatch.settings import Settings
from tests.repository import REPOSITORY
from train import command
from train.__main__ import DEFAULT_VARIANT, app
from train.model.variants import RECIPE, VARIANTS
from train.options import Devices, Folds, Precisions, Protocols, Recipes, TrainOptions

RUNNER = CliRunner()

#: All but the variant's name, which is the command.
FIELDS = fields(TrainOptions)[1:]

#: Field -> words on the command line, and the value they stand for; never the default.
GIVEN: dict[str, tuple[list[str], object]] = {
    "data": (["--data", "one", "--data", "two"], [Path("one"), Path("two")]),
    "out": (["--out", "here"], Path("here")),
    "weights": (["--weights", "there"], Path("there")),
    "backbone": (["--backbone", "mine.pt"], "mine.pt"),
    "recipe": (["--recipe", "fallwatch"], Recipes.FALLWATCH),
    "protocol": (["--protocol", "study"], Protocols.STUDY),
    "epochs": (["--epochs", "3"], 3),
    "lr": (["--lr", "0.5"], 0.5),
    "batch_size": (["--batch-size", "4"], 4),
    "unfreeze_backbone": (["--unfreeze-backbone"], True),
    "seed": (["--seed", "7"], 7),
    "device": (["--device", "cpu"], Devices.CPU),
    "precision": (["--precision", "bf16"], Precisions.BF16),
    "threads": (["--threads", "2"], 2),
    "exclude_clips": (["--exclude-clips", "clips"], [Path("clips")]),
    "exclude_like": (["--exclude-like", "view.jpg"], [Path("view.jpg")]),
    "max_per_source": (["--max-per-source", "9"], 9),
    "test_fold": (["--test-fold", "none"], Folds.NONE),
    "refit": (["--no-refit"], False),
    "resume": (["--resume"], True),
    "cache_features": (["--no-cache-features"], False),
    "int8": (["--int8"], True),
}


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[TrainOptions]:
    """Options that reached the run, which is not started."""
    found: list[TrainOptions] = []
    monkeypatch.setattr(command, "train_and_export", found.append)
    return found


@cache
def _help(name: str) -> str:
    result = RUNNER.invoke(app, [name, "--help"], env={"COLUMNS": "400", "TERM": "dumb"})
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_help_shows_every_option_with_its_text(field: Field[object]) -> None:
    (info,) = get_type_hints(TrainOptions, include_extras=True)[field.name].__metadata__
    for name in ("resnet18-baseline", "efficientnet-b0-optimised"):
        text = _help(name)
        assert f"--{field.name.replace('_', '-')} " in text
        assert info.help in text


def test_help_shows_no_other_option() -> None:
    shown = set(re.findall(r"^\W*(--[a-z0-9-]+)", _help("resnet18-baseline"), re.MULTILINE))
    assert shown == {f"--{field.name.replace('_', '-')}" for field in FIELDS} | {"--help"}


def test_every_option_is_tried_below() -> None:
    assert list(GIVEN) == [field.name for field in FIELDS]


@pytest.mark.parametrize("name", VARIANTS)
def test_without_options_the_run_gets_the_defaults(name: str, taken: list[TrainOptions]) -> None:
    result = RUNNER.invoke(app, [name, "--data", "one"])
    assert result.exit_code == 0, result.output
    assert taken == [TrainOptions(name, [Path("one")])]
    assert taken[0].variant == VARIANTS[name]


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_the_run_gets_each_option_as_given(field: Field[object], taken: list[TrainOptions]) -> None:
    words, value = GIVEN[field.name]
    given = words if field.name == "data" else ["--data", "one", *words]
    result = RUNNER.invoke(app, ["resnet18-baseline", *given])
    assert result.exit_code == 0, result.output
    assert getattr(taken[0], field.name) == value
    assert field.default is MISSING or value != field.default
    others = {other.name for other in FIELDS} - {"data", field.name}
    plain = TrainOptions("resnet18-baseline", [Path("one")])
    assert all(getattr(taken[0], other) == getattr(plain, other) for other in others)


def test_options_take_the_place_of_the_variants_own_settings() -> None:
    plain = TrainOptions("resnet18-baseline", [], recipe=Recipes.FALLWATCH)
    assert plain.variant == RECIPE["resnet18-baseline"]
    changed = TrainOptions(
        "resnet18-baseline", [], epochs=3, lr=0.5, batch_size=4, unfreeze_backbone=True
    ).variant
    assert (changed.epochs, changed.learning_rate, changed.batch_size) == (3, 0.5, 4)
    assert not changed.frozen
    assert not TrainOptions("resnet18-optimised", []).variant.frozen


def test_folders_follow_from_variant_recipe_and_seed_unless_given() -> None:
    plain = TrainOptions("resnet18-baseline", [], seed=7)
    assert plain.run_folder == Path("runs/resnet18-baseline-published-seed7")
    assert plain.weights_folder == plain.run_folder / "weights"
    given = TrainOptions("resnet18-baseline", [], out=Path("here"), weights=Path("there"))
    assert (given.run_folder, given.weights_folder) == (Path("here"), Path("there"))


def test_every_option_that_the_guide_names_is_there() -> None:
    text = (REPOSITORY / "train" / "README.md").read_text("utf-8")
    # torchrun and pip have options of their own.
    named = set(re.findall(r"--[a-z][a-z0-9-]+", text)) - {"--nproc-per-node", "--no-deps"}
    assert named
    shown = _help("resnet18-baseline") + _help("pose-networks") + _help("second-eye")
    assert {option for option in named if not re.search(rf"{option}\b", shown)} == set()


def test_what_is_measured_by_default_is_what_fallwatch_uses_by_default() -> None:
    assert Settings().variant == DEFAULT_VARIANT
