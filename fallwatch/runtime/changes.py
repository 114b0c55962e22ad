"""Changes of the settings while rooms are watched: what they ask of a watch that runs."""

from __future__ import annotations

from collections.abc import Iterable

from fallwatch.settings import CameraSettings, Settings

#: Settings that new monitors take up.
OF_MONITORS = ("analysis_fps", "decoder")

#: Settings that running monitors take up without letting go of their cameras.
OF_JUDGING = (
    "variant",
    "sensitivity",
    "on_floor_after_s",
    "long_lie_after_s",
    "max_people",
    "inference_device",
)

#: The same, of one room.
_OF_JUDGING_A_ROOM = ("zones", "sensitivity")


def differ(before: Settings, after: Settings, keys: Iterable[str]) -> bool:
    """Whether any of these settings has changed."""
    return any(getattr(before, key) != getattr(after, key) for key in keys)


def differs_in_judging(before: CameraSettings | None, now: CameraSettings) -> bool:
    """Whether nothing has changed but how the same frames are judged."""
    if before is None:
        return False
    judging = {key: getattr(now, key) for key in _OF_JUDGING_A_ROOM}
    return before.model_copy(update=judging) == now
