"""The user's settings: a versioned model, kept as TOML. One bad key never loses the file.

Several processes may write the file: the window, and ``fallwatch notify``. Each writes only what it
changed, merged by key into what the file holds by then, under a lock; see `update_settings`.
"""

from __future__ import annotations

import difflib
import math
import time
import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import tomli_w
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from fallwatch.core.message import Message, MessageError
from fallwatch.core.text import clean_name
from fallwatch.system.files import FileLock, write_private

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

# How long another writer of the file is waited for.
_LOCK_S = 5.0

# A file that cannot be read, as when too many are open, is tried again so often.
_TRIES = 3
_TRY_AGAIN_S = 0.1

_PRIVACY = "privacy"
#: What counts where nobody can say which privacy was meant.
_SAFE_PRIVACY = "skeleton"

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
        description="Time from one alarm sound to the next while nobody has acknowledged a "
        "fall. The sound itself takes 2.4 seconds; less urgent alarms repeat more slowly.",
    )
    escalate_after_s: Annotated[float, Field(ge=10, le=3600)] = Field(
        default=60.0,
        title="Widen after (seconds)",
        description="If nobody acknowledges for this long, those recipients are told too who come "
        "later and have no time of their own.",
    )
    remind_after_minutes: Annotated[int, Field(ge=1, le=240)] = Field(
        default=15,
        title="Remind of a fault after (minutes)",
        description="A fault that was acknowledged and lasts, such as a lost camera, raises its "
        "alarm again after this.",
    )
    care_visit_minutes: Annotated[int, Field(ge=5, le=120)] = Field(
        default=30,
        title="Care visit at most (minutes)",
        description="A visit ends when the carer has left the room, and after this at the latest; "
        "until then the room's alarms about people are paused.",
    )
    sound_enabled: bool = Field(
        default=True,
        title="Alarm sound",
        description="Sound alarms on this computer. The volume is set in the system.",
    )


class ZoneSettings(_Section):
    """A polygon drawn on one camera's image."""

    kind: Literal["bed", "ignore"] = Field(
        title="Kind",
        description="A bed or sofa, where lying is no fall; or a place to ignore, like a mirror.",
    )
    corners_norm: Annotated[
        tuple[Annotated[tuple[_Fraction, _Fraction], Field(strict=False)], ...],
        Field(strict=False, min_length=3, max_length=64),
    ] = Field(
        title="Corners",
        description="x and y of each corner, as fractions of the image's width and height.",
    )
    exit_after_s: Annotated[float, Field(ge=0, le=7200)] = Field(
        default=0.0,
        title="Notice when out of bed for (seconds)",
        description="Of a bed: somebody who lay there and has been out of it for this long is a "
        "notice; 0 for none.",
    )
    exit_hours: _Hours = Field(
        default="",
        title="Hours of that notice",
        description="From and to, such as 22:00-06:00, by when they got up; empty for all day.",
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
        description="What is shown and stored of people: all (off), blurred together with every "
        "place that was not seen empty, or skeletons only.",
    )
    sensitivity: Literal["default", "low", "normal", "high"] = Field(
        default="default",
        title="Sensitivity",
        description="How much evidence an alarm needs in this room; default: as for all rooms.",
    )
    zones: Annotated[tuple[ZoneSettings, ...], Field(strict=False, max_length=20)] = Field(
        default=(), title="Zones", description="Beds, sofas and places to ignore."
    )

    _name_is_fit = field_validator("name", mode="after")(clean_name)


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
    """How long snapshots and clips of events are kept."""

    keep_days: Annotated[int, Field(ge=1, le=3650)] = Field(
        default=30,
        title="Keep events for (days)",
        description="Older events are deleted with their snapshots; never one that nobody has "
        "acknowledged.",
    )
    keep_megabytes: Annotated[int, Field(ge=100, le=10_000_000)] = Field(
        default=5000,
        title="Keep at most (megabytes)",
        description="If snapshots and clips need more, the oldest are deleted first; never those "
        "of an event that nobody has acknowledged.",
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
        description="1: told at once. 2: told if nobody has acknowledged for a while.",
    )
    after_s: Annotated[float, Field(ge=0, le=3600)] = Field(
        default=0.0,
        title="Then, if nobody acknowledges within (seconds)",
        description="Told once an alarm has been unacknowledged for this long; 0: at once or, on "
        "step 2, after the time that holds for all.",
    )
    pictures: bool = Field(
        default=True,
        title="Snapshots",
        description="Send the snapshot of the alarm too, as the room's privacy lets it be stored.",
    )

    _name_is_fit = field_validator("name", mode="after")(clean_name)


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
        title="Snapshots",
        description="Send the snapshot of an alarm, as the room's privacy lets it be stored.",
    )


class WebSettings(_Section):
    """The web page for phones."""

    enabled: bool = Field(
        default=False,
        title="Page for phones",
        description="Serve the page with the rooms and alarms while rooms are watched.",
    )
    reach: Literal["computer", "network"] = Field(
        default="computer",
        title="Who can reach it",
        description="computer: programs on this computer alone, such as a reverse proxy. network: "
        "devices in the same network, too.",
    )
    port: Annotated[int, Field(ge=1, le=65535)] = Field(
        default=8765, title="Port", description="Of the page, on this computer."
    )
    tls: bool = Field(
        default=True,
        title="Encrypt",
        description="With the certificate below or, without one, with one of fallwatch's own: "
        "phones then warn once, and its fingerprint is shown beside the pairing code.",
    )
    certificate: str = Field(
        default="",
        title="Certificate",
        description="File with certificate and private key in PEM form; empty for fallwatch's own.",
    )

    address: Annotated[
        str, Field(pattern=r"^(https?://[^\s/?#,;\"'@]+(/[^\s?#,;\"'@]*)?)?$", max_length=300)
    ] = Field(
        default="",
        title="Web address",
        description="Under which phones reach this computer, such as https://home.example.org: "
        "messages then carry a link that acknowledges their alarm. Empty for no links.",
    )


class WindowSettings(_Section):
    """Where the window was, in logical pixels; written by fallwatch."""

    left: Annotated[int, Field(ge=-100_000, le=100_000)] = Field(
        default=0, title="Left", description="Left edge of the window."
    )
    top: Annotated[int, Field(ge=-100_000, le=100_000)] = Field(
        default=0, title="Top", description="Upper edge of the window."
    )
    width: Annotated[int, Field(ge=0, le=100_000)] = Field(
        default=0, title="Width", description="Width of the window; 0 before it was ever moved."
    )
    height: Annotated[int, Field(ge=0, le=100_000)] = Field(
        default=0, title="Height", description="Height of the window; 0 before it was ever moved."
    )
    maximized: bool = Field(
        default=False, title="Maximised", description="Whether the window fills the screen."
    )


class Settings(_Section):
    """All settings. Values never change; ``model_copy(update=...)`` makes a changed copy."""

    version: Annotated[int, Field(ge=1, le=VERSION)] = Field(
        default=VERSION,
        title="Version",
        description="Version of this file's layout; written by fallwatch.",
    )
    variant: Annotated[str, Field(min_length=1, max_length=100)] = Field(
        default="efficientnet-b0-optimised",
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
        title="Frames judged per second",
        description="More is a little quicker and needs a faster computer.",
    )
    inference_device: Literal["auto", "cpu", "gpu", "npu"] = Field(
        default="auto",
        title="Device that judges frames",
        description="The processor, or what is in this computer besides. Automatic is the fastest "
        "that gave the same results when fallwatch bench --devices was run, else the processor.",
    )
    decoder: Literal["processor", "auto"] = Field(
        default="processor",
        title="Decoder of network cameras",
        description="Automatic lets the graphics processor decode what it decoded rightly, and for "
        "less, when fallwatch bench --decoders was run; all else is the processor's.",
    )
    max_people: Annotated[int, Field(ge=1, le=4)] = Field(
        default=4,
        title="People watched at once",
        description="How many people in one image are looked at; each costs computing time.",
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
    appearance: Literal["system", "light", "dark"] = Field(
        default="system",
        title="Appearance",
        description="Light or dark window; by default as the computer's own.",
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
        description="How long snapshots and clips of events are kept.",
    )

    messages: Annotated[
        tuple[MessageSettings, ...], Field(strict=False, max_length=MAX_MESSAGES)
    ] = Field(default=(), title="Messages", description="Who is sent word of an alarm.")
    broker: BrokerSettings = Field(
        default_factory=BrokerSettings,
        title="MQTT broker",
        description="For Home Assistant and for the rooms of other computers.",
    )
    web: WebSettings = Field(
        default_factory=WebSettings, title="Web page", description="The page for phones."
    )
    kiosk_dim_after_minutes: Annotated[int, Field(ge=0, le=240)] = Field(
        default=5,
        title="Dim full screen after (minutes)",
        description="Without input for so long the full screen (F11) is dimmed, until somebody "
        "touches it, an alarm is raised or something is wrong; 0 for never.",
    )
    closing: Literal["tray", "ask"] = Field(
        default="tray",
        title="When the window is closed",
        description="While a room is watched: tray hides the window and goes on watching; ask "
        "asks. Where the system has no tray, fallwatch always asks.",
    )
    closing_explained: bool = Field(
        default=False,
        title="Closing was explained",
        description="Whether it was said that fallwatch goes on in the tray; written by fallwatch.",
    )
    assistant_seen: bool = Field(
        default=False,
        title="Assistant was seen",
        description="Whether the set-up assistant was shown; written by fallwatch.",
    )
    pin: Annotated[str, Field(max_length=300)] = Field(
        default="",
        title="PIN",
        description="Hash of the PIN that pausing, quitting and changing settings ask for; empty "
        "for none. Alarms are acknowledged without it. Delete it here if it is forgotten.",
    )
    window: WindowSettings = Field(
        default_factory=WindowSettings,
        title="Window",
        description="Where the window was; written by fallwatch.",
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
        A file that is no TOML is renamed to ``NAME.bad1`` (or ``bad2``, ...). One that cannot be
        read at the moment stays as it is.
    """
    try:
        data = _read(path)
    except FileNotFoundError:
        return Settings(), []
    except OSError as error:
        return Settings(), [
            Message(
                "The settings in {0} cannot be read ({1}). The file is left as it is, and until "
                "it can be read all settings take their defaults: no room is watched.",
                (str(path), error.strerror or str(error)),
            )
        ]
    except (ValueError, RecursionError) as error:
        return Settings(), [_set_aside(path, error)]
    return _settings_in(data, path.name)


def read_settings(path: Path) -> Settings | None:
    """Read the settings without changing anything; None if there are none.

    Raises:
        SettingsError: The file cannot be read or is no TOML, as while somebody writes it.
    """
    try:
        return _settings_in(_read(path), path.name)[0]
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError) as error:
        raise _unreadable(path, error) from error


def update_settings(path: Path, before: Settings, after: Settings) -> Settings:
    """Write what was changed into the file, and nothing else.

    Args:
        path: The TOML file.
        before: The settings the changes were made to.
        after: With the changes.

    Returns:
        What the file holds now: with what others have written meanwhile.

    Raises:
        SettingsError: They could not be written; the old file is untouched.
    """
    with _locked(path):
        try:
            theirs = _settings_in(_read(path), path.name)[0]
        except FileNotFoundError:
            theirs = before
        except OSError as error:
            raise _unreadable(path, error) from error
        except (ValueError, RecursionError) as error:
            _set_aside(path, error)
            theirs = before
        merged = merge_settings(before, after, theirs)
        save_settings(merged, path)
    return merged


def merge_settings(before: Settings, after: Settings, theirs: Settings) -> Settings:
    """Others' settings with our changes, key by key; rooms and recipients by their names.

    Where both changed the same key, ours counts.
    """
    merged = _merge(before.model_dump(), after.model_dump(), theirs.model_dump())
    merged["cameras"] = merged["cameras"][:MAX_CAMERAS]
    merged["messages"] = merged["messages"][:MAX_MESSAGES]
    return Settings.model_validate(merged)


def _merge(before: Mapping[str, Any], ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> Any:
    merged = {}
    for key in dict.fromkeys((*ours, *theirs)):
        was, our, their = (each.get(key) for each in (before, ours, theirs))
        if our == was:
            value = their
        elif their == was:
            value = our
        elif isinstance(our, dict) and isinstance(their, dict):
            value = _merge(was or {}, our, their)
        elif key in ("cameras", "messages"):
            value = _merge_named(was or (), our or (), their or ())
        else:
            value = our
        if value is not None:
            merged[key] = value
    return merged


def _merge_named(before: Any, ours: Any, theirs: Any) -> list[Any]:
    """Lists of tables that have names: each table by itself, in our order, then what is new."""
    was, our, their = ({each["name"]: each for each in some} for some in (before, ours, theirs))
    merged = []
    for name in dict.fromkeys((*our, *their)):
        if name in our and name in their:
            merged.append(_merge(was.get(name, {}), our[name], their[name]))
        elif name not in was or (our.get(name) or their.get(name)) != was[name]:
            # New to one side; or one has changed what the other took away.
            merged.append(our.get(name) or their[name])
    return merged


def _read(path: Path) -> dict[str, Any]:
    """What the file holds.

    Raises:
        OSError: It cannot be read, also after a while.
        ValueError, RecursionError: It is no TOML; or a number of thousands of digits, or brackets
            without end.
    """
    for tried in range(1, _TRIES + 1):
        try:
            data: dict[str, Any] = tomllib.loads(path.read_bytes().decode("utf-8"))
            return data
        except FileNotFoundError:
            raise
        except OSError:
            if tried == _TRIES:
                raise
        time.sleep(_TRY_AGAIN_S)
    raise AssertionError("unreachable")


def _settings_in(data: dict[str, Any], name: str) -> tuple[Settings, list[Message]]:
    _take_over_last_camera(data)
    problems = _doubt_privacy(data, name) + _drop_unknown_tables(data, Settings, name)
    chain_is_whole = True
    while True:
        try:
            settings = Settings.model_validate(data)
            break
        except ValidationError as error:
            chain_is_whole = chain_is_whole and not _breaks_chain(error)
            # One at a time: what is dropped from a list moves what stands behind it.
            problems.append(_drop_bad_value(data, error, name))
    if not chain_is_whole:
        settings = _all_at_once(settings)
        problems.append(
            Message(
                "{0}: the calling chain is damaged. All recipients are told at once until it is "
                "put right.",
                (name,),
            )
        )
    return settings, problems


def _breaks_chain(error: ValidationError) -> bool:
    """Whether the first value that failed says whom an alarm reaches when."""
    location = error.errors(include_url=False)[0]["loc"]
    return location[0] == "messages" and location[-1] not in ("pictures", "service")


def _all_at_once(settings: Settings) -> Settings:
    """No alarm waits for somebody who cannot be told any more."""
    at_once = {"step": 1, "after_s": 0.0}
    recipients = tuple(each.model_copy(update=at_once) for each in settings.messages)
    return settings.model_copy(update={"messages": recipients})


def save_settings(settings: Settings, path: Path) -> None:
    """Write the settings so that at any moment either the old or the new file is complete.

    Raises:
        SettingsError: They could not be written; the old file is untouched.
    """
    text = tomli_w.dumps(settings.model_dump(mode="json", exclude_none=True))
    try:
        write_private(path, text.encode())
    except OSError as error:
        raise _unsaved(path, error) from error


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Nobody else writes the settings.

    Raises:
        SettingsError: Somebody does, for too long, or the lock cannot be had.
    """
    lock = FileLock(path.with_name(f".{path.name}.lock"))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        held = lock.acquire(_LOCK_S)
    except OSError as error:
        raise _unsaved(path, error) from error
    if not held:
        raise SettingsError(
            Message(
                "The settings in {0} are being changed by another fallwatch. Try it again.",
                (str(path),),
            )
        )
    try:
        yield
    finally:
        lock.release()


def _unsaved(path: Path, error: OSError) -> SettingsError:
    return SettingsError(
        Message(
            "The settings could not be saved in {0} ({1}). Free some disk space or make "
            "the folder writable, then change the setting again.",
            (str(path), error.strerror or str(error)),
        )
    )


def _unreadable(path: Path, error: Exception) -> SettingsError:
    return SettingsError(
        Message(
            "The settings in {0} cannot be read ({1}). The file is left as it is, and nothing is "
            "written to it. Make it readable, then change the setting again.",
            (str(path), str(error)),
        )
    )


def _doubt_privacy(data: dict[str, Any], name: str) -> list[Message]:
    """A camera in which the word is misspelt shows nobody, rather than all."""
    problems: list[Message] = []
    cameras = data.get("cameras")
    for number, camera in enumerate(cameras if isinstance(cameras, list) else (), start=1):
        if not isinstance(camera, dict) or _PRIVACY in camera:
            continue
        for key in camera:
            if key not in CameraSettings.model_fields and difflib.get_close_matches(
                key.lower(), [_PRIVACY], cutoff=0.7
            ):
                camera[_PRIVACY] = _SAFE_PRIVACY
                parts = (name, f"cameras.{number}.{key}", f"{_PRIVACY} = {_SAFE_PRIVACY!r}")
                problems.append(
                    Message("{0}: {1} is not a setting; {2} counts until it is put right.", parts)
                )
                break
    return problems


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
    dotted = _dotted([*way, key])
    reason: str | Message = first["msg"][:1].lower() + first["msg"][1:]
    if first["type"] == "missing":
        reason = Message("{0} is missing", (str(first["loc"][-1]),))
    parts = (name, f"{dotted}{_shown(bad)}", reason)
    if key == _PRIVACY:
        holder[key] = _SAFE_PRIVACY
        return Message(
            "{0}: {1} cannot be used ({2}); it is set to {3}.", (*parts, repr(_SAFE_PRIVACY))
        )
    if way and isinstance(way[-1], int) and _is_needed(way, key):
        # Without it the rest of the table means nothing: it goes as a whole, with one complaint.
        _pop(data, way)
        return Message("{0}: {1} cannot be used ({2}); {3} is left out.", (*parts, _dotted(way)))
    if _in_list(way, key):
        return Message("{0}: {1} cannot be used ({2}); it is left out.", parts)
    return Message("{0}: {1} cannot be used ({2}); it is set to {3}.", (*parts, _default(way, key)))


def _dotted(way: Sequence[int | str]) -> str:
    """As people count: the first of a list is 1."""
    return ".".join(str(part + 1 if isinstance(part, int) else part) for part in way)


def _is_needed(way: Sequence[int | str], key: int | str) -> bool:
    """Whether a table of a list cannot be used without this key."""
    model: type[BaseModel] | None = Settings
    for part in way:
        if isinstance(part, str) and model is not None:
            field = model.model_fields.get(part)
            model = None if field is None else _section_of(field.annotation)
    field = None if model is None else model.model_fields.get(str(key))
    return field is not None and field.is_required()


def _pop(data: dict[str, Any], way: Sequence[int | str]) -> None:
    holder: Any = data
    for step in way[:-1]:
        holder = holder[step]
    holder.pop(way[-1])


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
