"""A loudspeaker for computers without one."""

from __future__ import annotations

from pathlib import Path

from fallwatch.core.protocols import ChannelError


class FakeSound:
    def __init__(self, player: FakePlayer, path: Path, backend: str) -> None:
        self.path, self.backend = path, backend
        self.stopped = False
        self._broken = backend in player.broken

    def is_alive(self) -> bool:
        return not (self.stopped or self._broken)

    def stop(self) -> None:
        self.stopped = True


class FakePlayer:
    """Plays for ever; backends named in ``broken`` end at once, ``missing`` ones do not start."""

    def __init__(self, *names: str) -> None:
        self.names = list(names or ("good",))
        self.broken: set[str] = set()
        self.missing: set[str] = set()
        self.sounds: list[FakeSound] = []

    def backends(self) -> list[str]:
        if not self.names:
            raise ChannelError("Alarms cannot sound: no player. Install one.")
        return self.names

    def play(self, path: Path, backend: str) -> FakeSound:
        if backend in self.missing:
            raise ChannelError(f"The player {backend} did not start.")
        self.sounds.append(FakeSound(self, path, backend))
        return self.sounds[-1]
