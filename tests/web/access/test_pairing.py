"""Codes let one device in, for a while, and are not to be guessed."""

from __future__ import annotations

from fallwatch.web.access.pairing import CODE_HOLDS_S, MAX_WRONG, MAX_WRONG_AN_HOUR, Pairing


class Clock:
    """A steady clock that stands still."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def wrong_for(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_a_code_lets_one_device_in_and_no_second() -> None:
    pairing = Pairing()
    code = pairing.begin("acknowledge")
    assert len(code) == 6
    assert pairing.redeem(code) == "acknowledge"
    assert pairing.redeem(code) is None


def test_a_code_holds_for_five_minutes() -> None:
    clock = Clock()
    pairing = Pairing(clock)
    code = pairing.begin("look")
    clock.now += CODE_HOLDS_S
    assert not pairing.is_open
    assert pairing.redeem(code) is None


def test_without_a_code_nobody_is_let_in() -> None:
    pairing = Pairing()
    assert pairing.redeem("") is None
    assert pairing.redeem("000000") is None


def test_after_a_few_wrong_ones_the_right_code_is_void() -> None:
    pairing = Pairing()
    code = pairing.begin("look")
    for _ in range(MAX_WRONG):
        assert pairing.redeem(wrong_for(code)) is None
    assert pairing.redeem(code) is None


def test_whoever_guesses_on_locks_pairing_for_an_hour_and_is_told_of_once() -> None:
    clock, told = Clock(), []
    pairing = Pairing(clock, on_lock_out=lambda: told.append(clock.now))
    for _ in range(MAX_WRONG_AN_HOUR + 5):
        pairing.redeem(wrong_for(pairing.begin("look")))
    assert told == [100.0]
    assert pairing.redeem(pairing.begin("look")) is None, "even the right one"
    clock.now += 3601
    assert pairing.redeem(pairing.begin("look")) == "look"
