"""The siren: the sound of the alarm's priority on this computer's loudspeaker."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from fallwatch import paths
from fallwatch.alarms.channels.audio_player import AudioPlayer, Playing, SystemPlayer
from fallwatch.alarms.channels.tones import tone_file
from fallwatch.alarms.priority import rank
from fallwatch.core.message import Message, joined
from fallwatch.core.protocols import ChannelError
from fallwatch.core.types import Alarm, Priority

# A player that cannot play ends at once (aplay without a card: 10 ms). The shortest sound lasts
# 0.6 s, so whatever ended within this time has not been heard.
_SETTLE_S = 0.3

# Several alarms told together make one burst, not a queue of bursts. Less than the shortest
# period of repetition (5 s), more than a burst (2.4 s).
_COVERED_S = 4.0


class SoundChannel:
    """Plays the burst of an alarm's priority; a repetition plays it again.

    While a burst of the same or a higher priority has only just begun, another alarm adds nothing
    to be heard and is taken as told.
    """

    name = "sound"

    def __init__(
        self,
        sounds_dir: Path | None = None,
        player: AudioPlayer | None = None,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Nothing is opened yet.

        Args:
            sounds_dir: Folder of the sound files; by default the bundled one.
            player: The loudspeaker; by default the real one.
            monotonic: Clock in seconds.
            sleep: Waits so many seconds.
        """
        self._sounds_dir = sounds_dir or paths.resources_dir() / "sounds"
        self._player: AudioPlayer = player or SystemPlayer()
        self._monotonic = monotonic
        self._sleep = sleep
        self._playing: Playing | None = None
        self._rank = 0
        self._began_s = float("-inf")
        self._preferred: str | None = None

    def deliver(self, alarm: Alarm) -> None:
        """Start the alarm's burst; it sounds on after the return.

        Raises:
            ChannelError: Nothing could be heard.
        """
        urgency = rank(alarm.priority)
        if urgency >= self._rank and self._monotonic() - self._began_s < _COVERED_S:
            return
        path = self._tone(alarm.priority)
        self.stop()
        self._playing = self._play(path)
        self._rank, self._began_s = urgency, self._monotonic()

    def stop(self) -> None:
        """Stop the burst."""
        if self._playing is not None and self._playing.is_alive():
            self._playing.stop()
            # The look at whether it still runs also lets the system forget the ended player.
            self._lasts(self._playing)
        self._playing = None
        self._began_s = float("-inf")

    def close(self) -> None:
        """Stop the burst; there is nothing else to free."""
        self.stop()

    def check(self) -> None:
        """Look, without a sound, whether alarms could be heard; any thread.

        Raises:
            ChannelError: They could not.
        """
        for priority in Priority:
            self._tone(priority)
        self._player.backends()

    def _tone(self, priority: Priority) -> Path:
        path = self._sounds_dir / tone_file(priority)
        if not path.is_file():
            raise ChannelError(
                Message(
                    "Alarms cannot sound: the sound file {0} is missing. Install fallwatch again.",
                    (str(path),),
                )
            )
        return path

    def _play(self, path: Path) -> Playing:
        """Try every way to play there is, the one that worked last time first."""
        problems: list[Message] = []
        for backend in sorted(self._player.backends(), key=lambda name: name != self._preferred):
            try:
                playing = self._player.play(path, backend)
            except ChannelError as error:
                problems.append(error.message)
                continue
            if self._lasts(playing):
                self._preferred = backend
                return playing
            problems.append(Message("The player {0} gave up at once.", (backend,)))
        raise ChannelError(
            Message(
                "Alarms cannot sound. {0} Check that a loudspeaker is connected and chosen in the "
                "system's sound settings.",
                (joined(problems),),
            )
        )

    def _lasts(self, playing: Playing) -> bool:
        until_s = self._monotonic() + _SETTLE_S
        while playing.is_alive():
            if self._monotonic() >= until_s:
                return True
            self._sleep(0.02)
        return False
