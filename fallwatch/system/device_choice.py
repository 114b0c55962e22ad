"""Choice of the device that judges frames, as the user set it or as it was measured."""

from __future__ import annotations

import json
import logging
from pathlib import Path

from fallwatch import paths
from fallwatch.system.files import write_private
from fallwatch.system.inference_device import CPU
from fallwatch.system.openvino_runtime import import_openvino, openvino_core

_log = logging.getLogger(__name__)

#: In the cache folder: what ``fallwatch bench --devices`` chose.
CHOICE_FILE = "inference_device.json"

#: What the settings may name, as OpenVINO does.
_DEVICES = {"cpu": CPU, "gpu": "GPU", "npu": "NPU"}


def device_named(name: str) -> str:
    """The device of a setting, as OpenVINO names it.

    Args:
        name: ``cpu``, ``gpu``, ``npu``, or ``auto``: the one that was measured to be the best, if
            it and OpenVINO are the same as then; else the processor.
    """
    return _DEVICES.get(name) or _measured_choice()


def devices() -> dict[str, str]:
    """The devices of this computer: OpenVINO's name of each, and its full name."""
    core = openvino_core()
    return {
        name: str(core.get_property(name, "FULL_DEVICE_NAME")) for name in core.available_devices
    }


def keep_choice(device: str) -> None:
    """Keep the device that ``auto`` stands for.

    Raises:
        OSError: It cannot be written.
    """
    path = _choice_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    write_private(path, (json.dumps(_choice_of(device)) + "\n").encode())


def _measured_choice() -> str:
    try:
        kept = json.loads(_choice_path().read_text(encoding="utf-8"))
        device = str(kept["device"])
        if device != CPU and kept == _choice_of(device):
            return device
    except FileNotFoundError:
        pass
    except (paths.HomeError, OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
        _log.warning("The choice of a device is not used: %s", error)
    return CPU


def _choice_of(device: str) -> dict[str, str]:
    """A device as it is now: another driver or engine may give other results."""
    return {
        "device": device,
        "name": devices().get(device, ""),
        "openvino": str(import_openvino().__version__),
    }


def _choice_path() -> Path:
    return paths.cache_dir() / CHOICE_FILE
