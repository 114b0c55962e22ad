"""Options that several commands have, and the settings they make."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fallwatch.cli.stored_settings import stored_settings

if TYPE_CHECKING:
    from fallwatch.settings import Settings


class Device(str, Enum):
    """Devices that may judge frames."""

    AUTO = "auto"
    CPU = "cpu"
    GPU = "gpu"
    NPU = "npu"


class Decoder(str, Enum):
    """Decoders of network cameras."""

    PROCESSOR = "processor"
    AUTO = "auto"


class PhoneRole(str, Enum):
    """What a phone may do, each what those before it may."""

    LOOK = "look"
    ACKNOWLEDGE = "acknowledge"
    ADMINISTER = "administer"


class Sensitivity(str, Enum):
    """Operating points of the judge."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"


VariantOption = Annotated[
    str | None,
    typer.Option("--variant", help="Classifier weights to use, such as resnet18-optimised."),
]
SensitivityOption = Annotated[
    Sensitivity | None,
    typer.Option("--sensitivity", help="High finds more falls and gives more false alarms."),
]
DeviceOption = Annotated[
    Device | None,
    typer.Option(
        "--device",
        help="What judges the frames: the processor (cpu), a graphics or neural processor, or "
        "the best that bench --devices found (auto).",
    ),
]
DecoderOption = Annotated[
    Decoder | None,
    typer.Option(
        "--decoder",
        help="What decodes network cameras: the processor, or hardware where bench --decoders "
        "found it right and cheaper (auto).",
    ),
]
WeightsOption = Annotated[
    Path | None,
    typer.Option("--weights", help="Folder of classifier variants; the bundled ones by default."),
]


def run_settings(
    variant: str | None,
    sensitivity: Sensitivity | None,
    device: Device | None = None,
    decoder: Decoder | None = None,
) -> Settings:
    """The user's settings with what the command line changes for this run."""
    settings = stored_settings()
    changes: dict[str, str] = {}
    if variant is not None:
        changes["variant"] = variant
    if sensitivity is not None:
        changes["sensitivity"] = sensitivity.value
    if device is not None:
        changes["inference_device"] = device.value
    if decoder is not None:
        changes["decoder"] = decoder.value
    return settings.model_copy(update=changes)
