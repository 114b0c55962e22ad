"""Options of ``python -m train VARIANT``: type, default and explanation of each, stated once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from train.model.variants import Variant, find_variant


class Protocols(str, Enum):
    """Choice of the protocols that are run."""

    STUDY = "study"
    HONEST = "honest"
    BOTH = "both"


class Recipes(str, Enum):
    """Choice of the settings: the study's or ours."""

    PUBLISHED = "published"
    FALLWATCH = "fallwatch"


class Devices(str, Enum):
    """Choice of the device that computes."""

    AUTO = "auto"
    CPU = "cpu"
    CUDA = "cuda"


class Folds(str, Enum):
    """Choice of the fold of undivided sets that is tested on."""

    FIRST = "0"
    SECOND = "1"
    THIRD = "2"
    FOURTH = "3"
    FIFTH = "4"
    NONE = "none"

    @property
    def number(self) -> int | None:
        """As `train.data.splits` counts them; None keeps none back."""
        return None if self is Folds.NONE else int(self.value)


class Precisions(str, Enum):
    """Choice of the floating-point format that is computed in."""

    AUTO = "auto"
    FULL = "32"
    BF16 = "bf16"


#: An option of other commands, too.
Data = Annotated[
    list[Path],
    typer.Option(
        "--data",
        help="A data set; give it several times to train on several. Known layouts: 'images/' "
        "beside 'labels/' (YOLO boxes), 'fall/' beside 'not_fall/' (crops), "
        "'<room>/Videos/' with '<room>/Annotation_files/' (Le2i).",
    ),
]

#: What keeps images of held-out clips and cameras out, for other commands, too.
ExcludeClips = Annotated[
    list[Path] | None,
    typer.Option(
        help="A folder of clips to be tested on later: images that are frames of them "
        "(mirrored or not) are left out. May be given several times."
    ),
]
ExcludeLike = Annotated[
    list[Path] | None,
    typer.Option(
        help="An image of a camera to be tested on later, whose clips are not at hand: all "
        "images of the same view are left out. May be given several times."
    ),
]


@dataclass(frozen=True, slots=True)
class TrainOptions:
    """All that decides a training: the command line fills it in, the run takes it.

    Each field but the first is an option of the command line, in the order of ``--help``; its help
    text says what it means.

    Attributes:
        name: Of the variant; each has a command of its own.
    """

    name: str
    data: Data
    out: Annotated[
        Path | None,
        typer.Option(help="Folder of the run.", show_default="runs/VARIANT-RECIPE-seedSEED"),
    ] = None
    weights: Annotated[
        Path | None,
        typer.Option(
            help="Where the exported weights go, in a folder of the variant's name. Give your own "
            "weights folder to use them in fallwatch.",
            show_default="weights/ in the run's folder",
        ),
    ] = None
    backbone: Annotated[
        str,
        typer.Option(
            help="Start weights: 'torchvision' (ImageNet, downloaded once), or a .safetensors, .pt "
            "or .pth file with torchvision's tensor names."
        ),
    ] = "torchvision"
    recipe: Annotated[
        Recipes,
        typer.Option(
            help="'published': exactly the study's settings; 'fallwatch': what held the variant "
            "back is changed."
        ),
    ] = Recipes.PUBLISHED
    protocol: Annotated[
        Protocols,
        typer.Option(
            help="'study': the best epoch is chosen on the reported images, as the study did. "
            "'honest': epoch, temperature and threshold are chosen inside the training data. "
            "'both' trains twice and exports the honest one."
        ),
    ] = Protocols.BOTH
    epochs: Annotated[int | None, typer.Option(min=1, help="Instead of the variant's own.")] = None
    lr: Annotated[float | None, typer.Option("--lr", help="Instead of the variant's own.")] = None
    batch_size: Annotated[int | None, typer.Option(min=2, help="Instead of the variant's own.")] = (
        None
    )
    unfreeze_backbone: Annotated[
        bool, typer.Option("--unfreeze-backbone", help="Train all layers of a frozen variant.")
    ] = False
    seed: Annotated[
        int, typer.Option(min=0, help="The same seed gives the same weights on one machine.")
    ] = 1
    device: Annotated[Devices, typer.Option(help="Where to compute.")] = Devices.AUTO
    precision: Annotated[
        Precisions,
        typer.Option(
            help="'auto': bfloat16 on a CUDA device that has it, else full. On a CPU with "
            "avx512_bf16 or AMX, 'bf16' trains ResNet-18 about twice as fast."
        ),
    ] = Precisions.AUTO
    threads: Annotated[
        int | None,
        typer.Option(min=1, help="Processor threads torch may use.", show_default="its own"),
    ] = None
    exclude_clips: ExcludeClips = None
    exclude_like: ExcludeLike = None
    max_per_source: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Most crops of each class that one recording gives to training: its frames are "
            "near duplicates, and one long recording must not outweigh the others.",
        ),
    ] = None
    test_fold: Annotated[
        Folds,
        typer.Option(
            help="Which fifth of the recordings of undivided sets is tested on. 'none' trains on "
            "all of them; another set must then bring a validation part."
        ),
    ] = Folds.FIRST
    refit: Annotated[
        bool,
        typer.Option(
            help="When the tuning part has chosen epoch, temperature and threshold, train once "
            "more on it as well, and test that (honest protocol)."
        ),
    ] = True
    resume: Annotated[
        bool,
        typer.Option("--resume", help="Go on with an interrupted run; give it the same options."),
    ] = False
    cache_features: Annotated[
        bool,
        typer.Option(
            help="Compute what a frozen backbone makes of each crop once, and not in every epoch."
        ),
    ] = True
    int8: Annotated[
        bool,
        typer.Option(
            "--int8",
            help="Quantise the exported weights to int8 (needs: pip install nncf); kept only if F1 "
            "falls by less than 0.01.",
        ),
    ] = False

    @property
    def variant(self) -> Variant:
        """The variant by the recipe, with the options that take the place of its own settings."""
        variant = find_variant(self.name, self.recipe.value)
        return replace(
            variant,
            epochs=variant.epochs if self.epochs is None else self.epochs,
            learning_rate=variant.learning_rate if self.lr is None else self.lr,
            batch_size=variant.batch_size if self.batch_size is None else self.batch_size,
            frozen=variant.frozen and not self.unfreeze_backbone,
        )

    @property
    def run_folder(self) -> Path:
        """Folder of the run, with one folder for each protocol in it."""
        return self.out or Path("runs") / f"{self.name}-{self.recipe.value}-seed{self.seed}"

    @property
    def weights_folder(self) -> Path:
        """Folder in which the exported weights get a folder of the variant's name."""
        return self.weights or self.run_folder / "weights"
