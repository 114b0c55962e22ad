"""The user's settings: a versioned model, kept as TOML. One bad key never loses the file."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import tomli_w
from pydantic import BaseModel, ConfigDict, Field, ValidationError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

#: Name of the file in ``paths.config_dir()``.
SETTINGS_FILE = "settings.toml"

#: Version of this layout of the file.
VERSION = 1

_SIMPLE = (str, int, float, bool)


class SettingsError(Exception):
    """Settings could not be saved. The message says why and what to do."""


class _Section(BaseModel):
    # Unknown keys are kept: an older fallwatch must not drop what a newer one has written.
    model_config = ConfigDict(
        frozen=True, extra="allow", strict=True, validate_default=True, allow_inf_nan=False
    )


class AlarmSettings(_Section):
    """How alarms are told."""

    repeat_every_s: Annotated[float, Field(ge=5, le=15)] = Field(
        default=5.0,
        title="Repeat every (seconds)",
        description="Time from one alarm sound to the next while nobody has answered a fall. "
        "The sound itself takes 2.4 seconds; less urgent alarms repeat more slowly.",
    )
    escalate_after_s: Annotated[float, Field(ge=10, le=3600)] = Field(
        default=60.0,
        title="Widen after (seconds)",
        description="If nobody answers for this long, the ways of the second step are told too.",
    )
    sound_enabled: bool = Field(
        default=True,
        title="Alarm sound",
        description="Sound alarms on this computer. The volume is set in the system.",
    )


class Settings(_Section):
    """All settings. Values never change; ``model_copy(update=...)`` makes a changed copy."""

    version: Annotated[int, Field(ge=1, le=VERSION)] = Field(
        default=VERSION,
        title="Version",
        description="Version of this file's layout; written by fallwatch.",
    )
    variant: Annotated[str, Field(min_length=1, max_length=100)] = Field(
        default="resnet18-optimised",
        title="Classifier",
        description="Name of the weights that tell a fallen person from one who is not.",
    )
    sensitivity: Literal["low", "normal", "high"] = Field(
        default="normal",
        title="Sensitivity",
        description="High finds more falls and gives more false alarms; low the other way round.",
    )
    analysis_fps: Annotated[float, Field(ge=8, le=30)] = Field(
        default=15.0,
        title="Pictures judged per second",
        description="More is a little quicker and needs a faster computer.",
    )
    max_people: Annotated[int, Field(ge=1, le=4)] = Field(
        default=2,
        title="People watched at once",
        description="How many people in one picture are looked at; each costs computing time.",
    )
    on_floor_after_s: Annotated[float, Field(ge=5, le=600)] = Field(
        default=20.0,
        title="Alarm when on the floor for (seconds)",
        description="A person found lying, whose fall was not seen, raises an alarm after this.",
    )
    long_lie_after_s: Annotated[float, Field(ge=10, le=3600)] = Field(
        default=60.0,
        title="Alarm again when still on the floor after (seconds)",
        description="Somebody who fell and stays down raises the alarm once more after this, "
        "also if the first one was acknowledged.",
    )
    last_camera: Annotated[str, Field(min_length=1, max_length=2000)] | None = Field(
        default=None,
        title="Last camera",
        description="The camera or file opened last, offered at the next start.",
    )
    alarm: AlarmSettings = Field(
        default_factory=AlarmSettings, title="Alarms", description="How alarms are told."
    )


def load_settings(path: Path) -> tuple[Settings, list[str]]:
    """Read the settings; whatever the file holds, usable settings come back.

    Args:
        path: The TOML file. If there is none, all settings take their defaults.

    Returns:
        The settings, and one plain sentence for each thing in the file that could not be used.
        A file that cannot be read as a whole is renamed to ``NAME.bad1`` (or ``bad2``, ...).
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Settings(), []
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        return Settings(), [_set_aside(path, error)]
    problems = _drop_unknown_tables(data, Settings, path.name)
    while True:
        try:
            return Settings.model_validate(data), problems
        except ValidationError as error:
            problems += _drop_bad_keys(data, error, path.name)


def save_settings(settings: Settings, path: Path) -> None:
    """Write the settings so that at any moment either the old or the new file is complete.

    Raises:
        SettingsError: They could not be written; the old file is untouched.
    """
    text = tomli_w.dumps(settings.model_dump(mode="json", exclude_none=True))
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # mkstemp makes a file that only its owner can read.
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
        temporary = Path(name)
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
        raise SettingsError(
            f"The settings could not be saved in {path} ({error.strerror or error}). "
            "Free some disk space or make the folder writable, then change the setting again."
        ) from error


def _drop_unknown_tables(
    data: dict[str, Any], model: type[BaseModel], name: str, prefix: str = ""
) -> list[str]:
    """Take out of ``data`` what can neither be used nor be kept when saving."""
    problems = []
    for key in list(data):
        if key in model.model_fields:
            section = model.model_fields[key].annotation
            if isinstance(section, type) and issubclass(section, BaseModel):
                inner = data[key]
                if isinstance(inner, dict):
                    problems += _drop_unknown_tables(inner, section, name, f"{prefix}{key}.")
        elif not isinstance(data[key], _SIMPLE):
            del data[key]
            problems.append(f"{name}: {prefix}{key} is not a setting and is left out.")
    return problems


def _drop_bad_keys(data: dict[str, Any], error: ValidationError, name: str) -> list[str]:
    """Take the values that failed out of ``data``, so that their defaults count."""
    problems = []
    for each in error.errors(include_url=False):
        *sections, key = (str(part) for part in each["loc"][: _depth(data, each["loc"])])
        holder: Any = data
        for section in sections:
            holder = holder[section]
        if key not in holder:
            continue
        bad = holder.pop(key)
        dotted = ".".join([*sections, key])
        reason = each["msg"][:1].lower() + each["msg"][1:]
        problems.append(
            f"{name}: {dotted} = {bad!r} cannot be used ({reason}); "
            f"it is set to {_default(sections, key)}."
        )
    return problems


def _depth(data: Mapping[str, Any], location: tuple[int | str, ...]) -> int:
    """How many parts of an error's location name keys of the file."""
    holder: Any = data
    for depth, part in enumerate(location):
        if not isinstance(holder, dict) or part not in holder:
            return depth
        holder = holder[part]
    return len(location)


def _default(sections: list[str], key: str) -> str:
    value: Any = Settings()
    for section in [*sections, key]:
        value = getattr(value, section)
    if isinstance(value, BaseModel):
        return "its defaults"
    return "nothing" if value is None else repr(value)


def _set_aside(path: Path, error: Exception) -> str:
    number = 1
    while (aside := path.with_name(f"{path.name}.bad{number}")).exists():
        number += 1
    problem = f"The settings in {path} could not be read ({error})."
    try:
        path.rename(aside)
    except OSError:
        return f"{problem} All settings take their defaults; remove the file or make it readable."
    return f"{problem} The file is kept as {aside.name}; all settings take their defaults."
