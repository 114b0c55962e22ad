from __future__ import annotations

from pathlib import Path

import pytest

from fallwatch.system.clock_watch import ClockWatch

DAY_S = 86_400.0


class Clocks:
    """A wall clock and a monotonic one that go together until the wall clock is set."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "clock.json"
        self.wall_s, self.monotonic_s = 1_790_000_000.0, 5000.0
        self.start()

    def start(self) -> None:
        self.watch = ClockWatch(
            self.path, wall=lambda: self.wall_s, monotonic=lambda: self.monotonic_s
        )

    def run(self, seconds: float) -> bool:
        """Look every hour, as housekeeping does."""
        for _ in range(round(seconds / 3600)):
            self.wall_s += 3600
            self.monotonic_s += 3600
            self.watch.is_plausible()
        return self.watch.is_plausible()

    def restart(self, off_s: float) -> bool:
        self.wall_s += off_s
        self.monotonic_s = 7.0
        self.start()
        return self.watch.is_plausible()


@pytest.fixture
def clocks(tmp_path: Path) -> Clocks:
    clocks = Clocks(tmp_path)
    assert not clocks.watch.is_plausible(), "nothing is known of it yet"
    assert clocks.run(DAY_S)
    return clocks


@pytest.mark.parametrize("days", [400, 2, -2, -400])
def test_a_clock_that_is_set_is_believed_after_a_day(clocks: Clocks, days: int) -> None:
    clocks.wall_s += days * DAY_S
    assert not clocks.watch.is_plausible()
    assert clocks.watch.jumped_s == pytest.approx(days * DAY_S)
    assert not clocks.run(DAY_S - 3600)
    assert clocks.run(3600)
    assert clocks.watch.jumped_s is None


@pytest.mark.parametrize("days", [400, -400])
def test_a_jump_between_two_runs_is_remembered_over_further_ones(clocks: Clocks, days: int) -> None:
    assert not clocks.restart(days * DAY_S)
    for _ in range(3):
        assert not clocks.restart(60.0)
        assert clocks.watch.jumped_s == pytest.approx(days * DAY_S)
    assert clocks.run(DAY_S)


def test_an_hour_of_summer_time_and_a_night_switched_off_are_no_jump(clocks: Clocks) -> None:
    clocks.wall_s += 3600
    assert clocks.watch.is_plausible()
    assert clocks.restart(14 * 3600)


def test_a_computer_off_for_some_days_deletes_nothing_for_a_day_and_tells_nobody(
    clocks: Clocks,
) -> None:
    assert not clocks.restart(3 * DAY_S)
    assert clocks.watch.jumped_s is None
    assert clocks.run(DAY_S)


@pytest.mark.parametrize("content", ["", "{}", '{"seen_unix_s": "x"}', "[]"])
def test_a_damaged_file_is_no_knowledge(tmp_path: Path, content: str) -> None:
    (tmp_path / "clock.json").write_text(content)
    clocks = Clocks(tmp_path)
    assert not clocks.watch.is_plausible()
    assert clocks.run(DAY_S)


def test_a_file_that_cannot_be_written_is_no_crash(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert not Clocks(tmp_path / "file").watch.is_plausible()
