"""The user's settings: a versioned model, kept as TOML. One bad key never loses the file."""

from __future__ import annotations

import math
import os
import sys
import tempfile
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import tomli_w
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from fallwatch.core.message import Message, MessageError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

#: Name of the file in ``paths.config_dir()``.
SETTINGS_FILE = "settings.toml"

#: Version of this layout of the file.
VERSION = 1

#: Cameras that fit on the screen.
MAX_CAMERAS = 9

#: People and services that are sent messages.
MAX_MESSAGES = 20

#: Names of the ways to tell people that are no message of this list.
OTHER_CHANNELS = ("sound", "MQTT")

_SIMPLE = (str, int, float, bool)
_Fraction = Annotated[float, Field(ge=0, le=1)]
_CLOCK = "([01][0-9]|2[0-3]):[0-5][0-9]"
_Hours = Annotated[str, Field(pattern=f"^({_CLOCK}-{_CLOCK})?$")]
_HOURS_HELP = "Quiet from and to, such as 22:00-06:00, from the evening of this day; or empty."


class SettingsError(MessageError):
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
    remind_after_minutes: Annotated[int, Field(ge=1, le=240)] = Field(
        default=15,
        title="Remind of a fault after (minutes)",
        description="A fault that was acknowledged and lasts, such as a lost camera, raises its "
        "alarm again after this.",
    )
    sound_enabled: bool = Field(
        default=True,
        title="Alarm sound",
        description="Sound alarms on this computer. The volume is set in the system.",
    )


class ZoneSettings(_Section):
    """A polygon drawn on one camera's picture."""

    kind: Literal["bed", "ignore"] = Field(
        title="Kind",
        description="A bed or sofa, where lying is no fall; or a place to ignore, like a mirror.",
    )
    corners_norm: Annotated[
        tuple[Annotated[tuple[_Fraction, _Fraction], Field(strict=False)], ...],
        Field(strict=False, min_length=3, max_length=64),
    ] = Field(
        title="Corners",
        description="x and y of each corner, as fractions of the picture's width and height.",
    )


class CameraSettings(_Section):
    """One camera that is watched. Passwords are never among the settings."""

    name: Annotated[str, Field(min_length=1, max_length=60)] = Field(
        title="Room", description="What the room is called, on the screen and in every alarm."
    )
    source: Annotated[str, Field(min_length=1, max_length=2000)] = Field(
        title="Camera",
        description="A webcam's number, a network camera's address without user and password, or "
        "a video file, which is played over and over.",
    )
    user: Annotated[str, Field(max_length=200)] = Field(
        default="",
        title="User",
        description="User of a network camera; the password lies in the system's keyring.",
    )
    enabled: bool = Field(
        default=True, title="Watched", description="Whether the room is watched from the start."
    )
    privacy: Literal["off", "blur", "skeleton"] = Field(
        default="off",
        title="Privacy",
        description="What is shown and stored of people: all (off), blurred, or skeletons only.",
    )
    zones: Annotated[tuple[ZoneSettings, ...], Field(strict=False, max_length=20)] = Field(
        default=(), title="Zones", description="Beds, sofas and places to ignore."
    )


class QuietSettings(_Section):
    """Hours in which alarms sound softer. They are never silent."""

    monday: _Hours = Field(default="", title="Monday", description=_HOURS_HELP)
    tuesday: _Hours = Field(default="", title="Tuesday", description=_HOURS_HELP)
    wednesday: _Hours = Field(default="", title="Wednesday", description=_HOURS_HELP)
    thursday: _Hours = Field(default="", title="Thursday", description=_HOURS_HELP)
    friday: _Hours = Field(default="", title="Friday", description=_HOURS_HELP)
    saturday: _Hours = Field(default="", title="Saturday", description=_HOURS_HELP)
    sunday: _Hours = Field(default="", title="Sunday", description=_HOURS_HELP)
    volume_percent: Annotated[int, Field(ge=10, le=100)] = Field(
        default=40,
        title="Volume in quiet hours (percent)",
        description="How loud alarms are in quiet hours, compared with other hours.",
    )


class RecordSettings(_Section):
    """How long pictures and clips of events are kept."""

    keep_days: Annotated[int, Field(ge=1, le=3650)] = Field(
        default=30,
        title="Keep events for (days)",
        description="Older events are deleted with their pictures; never one nobody answered.",
    )
    keep_megabytes: Annotated[int, Field(ge=100, le=10_000_000)] = Field(
        default=5000,
        title="Keep at most (megabytes)",
        description="If pictures and clips need more, the oldest are deleted first; never those "
        "of an event nobody answered.",
    )


class MessageSettings(_Section):
    """One way to send word of an alarm. Its address, which holds secrets, is never among these."""

    name: Annotated[str, Field(min_length=1, max_length=60)] = Field(
        title="Name", description="Who or what is told, such as Anna's phone."
    )
    service: Annotated[str, Field(max_length=60)] = Field(
        default="", title="Service", description="Which service sends it; written by fallwatch."
    )
    step: Annotated[int, Field(ge=1, le=2)] = Field(
        default=1,
        title="Step",
        description="1: told at once. 2: told if nobody has answered for a while.",
    )
    pictures: bool = Field(
        default=True,
        title="Pictures",
        description="Send the picture of the alarm too, as the room's privacy lets it be stored.",
    )


class BrokerSettings(_Section):
    """An MQTT broker, for Home Assistant and for the rooms of other computers."""

    address: Annotated[str, Field(pattern=r"^(mqtts?://[^\s@/]+/?)?$", max_length=300)] = Field(
        default="",
        title="Broker",
        description="Such as mqtts://broker.lan:8883, without user and password; empty for none.",
    )
    user: Annotated[str, Field(max_length=200)] = Field(
        default="",
        title="User",
        description="User at the broker; the password lies in the system's keyring.",
    )
    ca_file: Annotated[str, Field(max_length=1000)] = Field(
        default="",
        title="Certificate authority",
        description="File that an encrypted broker's certificate is checked with; empty for the "
        "system's own.",
    )
    station: Annotated[str, Field(max_length=60)] = Field(
        default="",
        title="This computer",
        description="What this computer is called at the broker; empty for its host name.",
    )
    topic: Annotated[str, Field(pattern=r"^[A-Za-z0-9_/-]{1,60}$")] = Field(
        default="fallwatch", title="Topic", description="What every topic begins with."
    )
    discovery: Annotated[str, Field(pattern=r"^[A-Za-z0-9_/-]{0,60}$")] = Field(
        default="homeassistant",
        title="Home Assistant",
        description="Where Home Assistant looks for devices; empty to keep it from finding any.",
    )
    pictures: bool = Field(
        default=True,
        title="Pictures",
        description="Send the picture of an alarm, as the room's privacy lets it be stored.",
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
        default=4,
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
    language: Literal["system", "en", "de"] = Field(
        default="system",
        title="Language",
        description="Language of the window; by default the computer's.",
    )
    cameras: Annotated[tuple[CameraSettings, ...], Field(strict=False, max_length=MAX_CAMERAS)] = (
        Field(default=(), title="Cameras", description="The rooms that are watched.")
    )
    alarm: AlarmSettings = Field(
        default_factory=AlarmSettings, title="Alarms", description="How alarms are told."
    )
    quiet: QuietSettings = Field(
        default_factory=QuietSettings,
        title="Quiet hours",
        description="Hours in which alarms sound softer.",
    )
    record: RecordSettings = Field(
        default_factory=RecordSettings,
        title="Record",
        description="How long pictures and clips of events are kept.",
    )

    messages: Annotated[
        tuple[MessageSettings, ...], Field(strict=False, max_length=MAX_MESSAGES)
    ] = Field(default=(), title="Messages", description="Who is sent word of an alarm.")
    broker: BrokerSettings = Field(
        default_factory=BrokerSettings,
        title="MQTT broker",
        description="For Home Assistant and for the rooms of other computers.",
    )

    @field_validator("messages", mode="after")
    @classmethod
    def _ways_are_unique(cls, ways: tuple[MessageSettings, ...]) -> tuple[MessageSettings, ...]:
        """What was delivered where is told by the name, so no two may share one."""
        taken = set(OTHER_CHANNELS)
        unique = []
        for way in ways:
            name = free_name(way.name, taken)
            taken.add(name)
            unique.append(way.model_copy(update={"name": name}))
        return tuple(unique)

    @field_validator("cameras", mode="after")
    @classmethod
    def _names_are_unique(cls, cameras: tuple[CameraSettings, ...]) -> tuple[CameraSettings, ...]:
        """A second camera of the same name gets a number: events are told apart by it."""
        taken: set[str] = set()
        unique = []
        for camera in cameras:
            name = free_name(camera.name, taken)
            taken.add(name)
            unique.append(camera.model_copy(update={"name": name}))
        return tuple(unique)


def free_name(wanted: str, taken: Collection[str]) -> str:
    """The name itself or, where it is taken, the name with the first number that is free.

    >>> free_name("Hall", {"Hall"})
    'Hall (2)'
    """
    name, number = wanted, 1
    while name in taken:
        number += 1
        name = f"{wanted[:50]} ({number})"
    return name


def load_settings(path: Path) -> tuple[Settings, list[Message]]:
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
    except (OSError, ValueError, RecursionError) as error:
        # Not only what is no TOML: also a number of thousands of digits, or brackets without end.
        return Settings(), [_set_aside(path, error)]
    _take_over_last_camera(data)
    problems = _drop_unknown_tables(data, Settings, path.name)
    while True:
        try:
            return Settings.model_validate(data), problems
        except ValidationError as error:
            # One at a time: what is dropped from a list moves what stands behind it.
            problems.append(_drop_bad_value(data, error, path.name))


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
            Message(
                "The settings could not be saved in {0} ({1}). Free some disk space or make "
                "the folder writable, then change the setting again.",
                (str(path), error.strerror or str(error)),
            )
        ) from error


def _take_over_last_camera(data: dict[str, Any]) -> None:
    """Files from before there were several cameras name the one camera that was watched."""
    source = data.pop("last_camera", None)
    if isinstance(source, str) and source and "cameras" not in data:
        data["cameras"] = [{"name": "Room 1", "source": source}]


def _drop_unknown_tables(
    data: dict[str, Any], model: type[BaseModel], name: str, prefix: str = ""
) -> list[Message]:
    """Take out of ``data`` what can neither be used nor be kept when saving."""
    problems: list[Message] = []
    for key in list(data):
        if key in model.model_fields:
            section = _section_of(model.model_fields[key].annotation)
            inner = data[key]
            for each in inner if isinstance(inner, list) else [inner]:
                if section is not None and isinstance(each, dict):
                    problems += _drop_unknown_tables(each, section, name, f"{prefix}{key}.")
        elif not _can_be_kept(data[key]):
            del data[key]
            problems.append(
                Message("{0}: {1} is not a setting and is left out.", (name, f"{prefix}{key}"))
            )
    return problems


def _can_be_kept(value: object) -> bool:
    """Whether a value that means nothing to us can be written back as it was."""
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, _SIMPLE)


def _section_of(annotation: Any) -> type[BaseModel] | None:
    """The section a field holds, by itself or several of them; None for other fields."""
    for each in (annotation, *get_args(annotation)):
        if isinstance(each, type) and issubclass(each, BaseModel):
            return each
    return None


def _drop_bad_value(data: dict[str, Any], error: ValidationError, name: str) -> Message:
    """Take the first value that failed out of ``data``, so that its default counts."""
    first = error.errors(include_url=False)[0]
    *way, key = first["loc"][: _depth(data, first["loc"])]
    holder: Any = data
    for step in way:
        holder = holder[step]
    bad = holder.pop(key)
    dotted = ".".join(str(part + 1 if isinstance(part, int) else part) for part in [*way, key])
    reason: str | Message = first["msg"][:1].lower() + first["msg"][1:]
    if first["type"] == "missing":
        reason = Message("{0} is missing", (str(first["loc"][-1]),))
    parts = (name, f"{dotted}{_shown(bad)}", reason)
    if _in_list(way, key):
        return Message("{0}: {1} cannot be used ({2}); it is left out.", parts)
    return Message("{0}: {1} cannot be used ({2}); it is set to {3}.", (*parts, _default(way, key)))


def _shown(value: object) -> str:
    """A bad value, as far as it may be seen: a camera's address may hold its password."""
    if isinstance(value, (dict, list)) or (isinstance(value, str) and "://" in value):
        return ""
    text = repr(value)
    return f" = {text if len(text) <= 80 else text[:80] + '...'}"


def _depth(data: Mapping[str, Any], location: tuple[int | str, ...]) -> int:
    """How many parts of an error's location lead to a key, or to a table in a list of them."""
    holder: Any = data
    for depth, part in enumerate(location):
        found = False
        if isinstance(holder, dict):
            found = part in holder
        elif isinstance(holder, list) and isinstance(part, int) and part < len(holder):
            # A list of tables may lose one; a list of numbers counts as a whole.
            found = isinstance(holder[part], dict)
        if not found:
            return depth
        holder = holder[part]
    return len(location)


def _in_list(way: list[int | str], key: int | str) -> bool:
    return any(isinstance(part, int) for part in [*way, key])


def _default(way: list[int | str], key: int | str) -> str | Message:
    value: Any = Settings()
    for part in [*way, key]:
        value = getattr(value, str(part))
    if isinstance(value, BaseModel):
        return Message("its defaults")
    return repr(value) if value not in (None, ()) else Message("nothing")


def _set_aside(path: Path, error: Exception) -> Message:
    number = 1
    while (aside := path.with_name(f"{path.name}.bad{number}")).exists():
        number += 1
    try:
        path.rename(aside)
    except OSError:
        return Message(
            "The settings in {0} could not be read ({1}). All settings take their defaults; "
            "remove the file or make it readable.",
            (str(path), str(error)),
        )
    return Message(
        "The settings in {0} could not be read ({1}). The file is kept as {2}; all settings take "
        "their defaults.",
        (str(path), str(error), aside.name),
    )
