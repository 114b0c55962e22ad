"""The judge's limits, and the operating points a caregiver chooses from."""

from __future__ import annotations

from dataclasses import dataclass, replace

from fallwatch.core.zones import Zone

#: Score from which a fall is decided, by sensitivity: operating points on the development clips.
THRESHOLDS = {"low": 0.55, "normal": 0.48, "high": 0.44}


@dataclass(frozen=True, slots=True)
class JudgeConfig:
    """Limits of the judge, in seconds and scores.

    Attributes:
        threshold: Score from which a fall is decided, 0 to 1.
        confirm_s: The score must stay there this long.
        recover_s: Somebody upright for this long has recovered.
        on_floor_after_s: Lying this long with no fall seen is reported.
        long_lie_after_s: Still down this long after a fall is reported again.
        zones: Beds, where lying is no fall, and places to ignore.
    """

    threshold: float = THRESHOLDS["normal"]
    confirm_s: float = 0.13
    recover_s: float = 2.0
    on_floor_after_s: float = 20.0
    long_lie_after_s: float = 60.0
    zones: tuple[Zone, ...] = ()

    @classmethod
    def for_sensitivity(cls, sensitivity: str) -> JudgeConfig:
        """The limits for ``low``, ``normal`` or ``high``.

        Raises:
            ValueError: Another word.
        """
        if sensitivity not in THRESHOLDS:
            raise ValueError(f"sensitivity must be one of {list(THRESHOLDS)}, got '{sensitivity}'")
        return replace(cls(), threshold=THRESHOLDS[sensitivity])
