"""The verdict on everybody in one camera's view."""

from __future__ import annotations

from collections.abc import Mapping

from fallwatch.core.judge.judge_config import THRESHOLDS, JudgeConfig
from fallwatch.core.judge.person_judge import PersonJudge
from fallwatch.core.judge.rules import JudgedEvent
from fallwatch.core.presence.bed_exit import BedExits
from fallwatch.core.tracking import Track, hip_distance
from fallwatch.core.types import FallEvent, Person

#: Body sizes between two people who cannot both lie there.
_SAME_PLACE = 1.0

__all__ = ["THRESHOLDS", "Judge", "JudgeConfig"]


class Judge:
    """Judges everybody in one camera's view.

    Args:
        camera: Name for the events.
        config: The limits.
    """

    def __init__(self, camera: str, config: JudgeConfig) -> None:
        self._camera = camera
        self._config = config
        self._people: dict[int, PersonJudge] = {}
        self._beds = BedExits(camera, config.zones)

    def follow(self, config: JudgeConfig) -> None:
        """Judge with other limits from now on; what is known of everybody stays."""
        self._config = config
        self._beds.follow(config.zones)
        for person in self._people.values():
            person.follow(config)

    @property
    def fallen_ids(self) -> frozenset[int]:
        """Numbers of the people who fell or lie on the floor: the tracker must not forget them."""
        return frozenset(key for key, person in self._people.items() if person.needs_help)

    def update(
        self,
        timestamp_s: float,
        size_px: tuple[int, int],
        tracks: list[Track],
        p_falls: Mapping[int, float],
    ) -> tuple[tuple[Person, ...], tuple[FallEvent, ...]]:
        """Judge one frame.

        Args:
            timestamp_s: Later than the one before.
            size_px: Width and height of the frame.
            tracks: From the tracker; those not visible in this frame too.
            p_falls: New predictions of the classifier by track number; need not be complete.

        Returns:
            Everybody tracked, and what this frame settled.
        """
        alive = {track.track_id for track in tracks}
        self._people = {key: person for key, person in self._people.items() if key in alive}
        people, events = [], []
        for track in tracks:
            person = self._people.setdefault(track.track_id, PersonJudge(self._config))
            if track.visible:
                found = person.see(timestamp_s, track, size_px, p_falls.get(track.track_id))
            else:
                found = person.miss(timestamp_s)
            if person.needs_help and self._replaces_earlier(person, track, tracks):
                found = []
            people.append(person.describe(track))
            events += [self._event(timestamp_s, track, event) for event in found]
        events += self._beds.update(timestamp_s, size_px, tracks)
        return tuple(people), tuple(events)

    def _replaces_earlier(self, person: PersonJudge, track: Track, tracks: list[Track]) -> bool:
        """Let somebody who lies here stand for whoever was remembered as lying here, out of sight.

        Two cannot lie in one place. A pose that falls apart during a fall may come back as another
        track: that is the same fall. But whoever has stood since was helped up, or is somebody
        else: that is a new one.

        Returns:
            Whether it is the same fall.
        """
        earlier = [
            other
            for other in tracks
            if other.track_id < track.track_id
            and not other.visible
            and self._people[other.track_id].needs_help
            and hip_distance(other.detection, track.detection) <= _SAME_PLACE
        ]
        for other in earlier:
            known = self._people[other.track_id]
            if not person.has_stood:
                person.take_over(known)
            self._people[other.track_id] = PersonJudge(self._config)
        return bool(earlier) and not person.has_stood

    def _event(self, timestamp_s: float, track: Track, event: JudgedEvent) -> FallEvent:
        return FallEvent(
            kind=event.kind,
            camera=self._camera,
            track_id=track.track_id,
            started_s=round(event.started_s, 3),
            decided_s=round(timestamp_s, 3),
            score=round(event.score, 3),
            evidence=event.evidence,
            box_px=track.detection.box,
        )
