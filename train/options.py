"""The command line's options, each with the words that explain it."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer


class Protocols(str, Enum):
    """Which protocols are run."""

    STUDY = "study"
    HONEST = "honest"
    BOTH = "both"


class Recipes(str, Enum):
    """Whose settings are used."""

    PUBLISHED = "published"
    FALLWATCH = "fallwatch"


class Devices(str, Enum):
    """Where it is computed."""

    AUTO = "auto"
    CPU = "cpu"
    CUDA = "cuda"


class Folds(str, Enum):
    """Which fold of undivided sets is tested on."""

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
    """In which numbers it is computed."""

    AUTO = "auto"
    FULL = "32"
    BF16 = "bf16"


Data = Annotated[
    list[Path],
    typer.Option(
        "--data",
        help="A data set; give it several times to train on several. Known layouts: 'images/' "
        "beside 'labels/' (YOLO boxes), 'fall/' beside 'not_fall/' (crops), "
        "'<room>/Videos/' with '<room>/Annotation_files/' (Le2i).",
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(help="Folder of the run.", show_default="runs/VARIANT-RECIPE-seedSEED"),
]
Weights = Annotated[
    Path | None,
    typer.Option(
        help="Where the exported weights go, in a folder of the variant's name. Give your own "
        "weights folder to use them in fallwatch.",
        show_default="weights/ in the run's folder",
    ),
]
Backbone = Annotated[
    str,
    typer.Option(
        help="Start weights: 'torchvision' (ImageNet, downloaded once), or a .safetensors, .pt or "
        ".pth file with torchvision's tensor names."
    ),
]
RecipeOption = Annotated[
    Recipes,
    typer.Option(
        help="'published': exactly the study's settings; 'fallwatch': what held the variant back "
        "is changed."
    ),
]
ProtocolOption = Annotated[
    Protocols,
    typer.Option(
        help="'study': the best epoch is chosen on the reported pictures, as the study did. "
        "'honest': epoch, temperature and threshold are chosen inside the training data. "
        "'both' trains twice and exports the honest one."
    ),
]
Epochs = Annotated[int | None, typer.Option(min=1, help="Instead of the variant's own.")]
LearningRate = Annotated[float | None, typer.Option("--lr", help="Instead of the variant's own.")]
BatchSize = Annotated[int | None, typer.Option(min=2, help="Instead of the variant's own.")]
Unfreeze = Annotated[
    bool, typer.Option("--unfreeze-backbone", help="Train all layers of a frozen variant.")
]
Seed = Annotated[
    int, typer.Option(min=0, help="The same seed gives the same weights on one machine.")
]
DeviceOption = Annotated[Devices, typer.Option(help="Where to compute.")]
PrecisionOption = Annotated[
    Precisions,
    typer.Option(
        help="'auto': bfloat16 on a CUDA device that has it, else full. On a CPU with avx512_bf16 "
        "or AMX, 'bf16' trains ResNet-18 about twice as fast."
    ),
]
Threads = Annotated[
    int | None, typer.Option(min=1, help="Processor threads torch may use.", show_default="its own")
]
ExcludeClips = Annotated[
    list[Path] | None,
    typer.Option(
        help="A folder of clips to be tested on later: pictures that are frames of them (mirrored "
        "or not) are left out. May be given several times."
    ),
]
ExcludeLike = Annotated[
    list[Path] | None,
    typer.Option(
        help="A picture of a camera to be tested on later, whose clips are not at hand: all "
        "pictures of the same view are left out. May be given several times."
    ),
]
MaxPerSource = Annotated[
    int | None,
    typer.Option(
        min=1,
        help="Most crops of each class that one recording gives to training: its frames are near "
        "duplicates, and one long recording must not outweigh the others.",
    ),
]
TestFold = Annotated[
    Folds,
    typer.Option(
        help="Which fifth of the recordings of undivided sets is tested on. 'none' trains on all "
        "of them; another set must then bring a validation part."
    ),
]
Refit = Annotated[
    bool,
    typer.Option(
        help="When the tuning part has chosen epoch, temperature and threshold, train once more "
        "on it as well, and test that (honest protocol)."
    ),
]
Resume = Annotated[
    bool,
    typer.Option("--resume", help="Go on with an interrupted run; give it the same options."),
]
CacheFeatures = Annotated[
    bool,
    typer.Option(
        help="Compute what a frozen backbone makes of each crop once, and not in every epoch."
    ),
]
Int8 = Annotated[
    bool,
    typer.Option(
        "--int8",
        help="Quantise the exported weights to int8 (needs: pip install nncf); kept only if F1 "
        "falls by less than 0.01.",
    ),
]
