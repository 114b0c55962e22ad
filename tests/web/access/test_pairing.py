"""Codes let one device in, for a while, and are not to be guessed."""

from __future__ import annotations

from fallwatch.web.access.pairing import CODE_HOLDS_S, MAX_WRONG, MAX_WRONG_AN_HOUR, Pairing

PHONE = "192.168.1.7"


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
    assert pairing.redeem(code, PHONE) == "acknowledge"
    assert pairing.redeem(code, PHONE) is None


def test_a_code_holds_for_five_minutes() -> None:
    clock = Clock()
    pairing = Pairing(clock)
    code = pairing.begin("look")
    clock.now += CODE_HOLDS_S
    assert not pairing.is_open
    assert pairing.redeem(code, PHONE) is None


def test_without_a_code_nobody_is_let_in() -> None:
    pairing = Pairing()
    assert pairing.redeem("", PHONE) is None
    assert pairing.redeem("000000", PHONE) is None


def test_after_a_few_wrong_ones_the_right_code_is_void() -> None:
    pairing = Pairing()
    code = pairing.begin("look")
    for number in range(MAX_WRONG):
        assert pairing.redeem(wrong_for(code), f"10.0.0.{number}") is None
    assert pairing.redeem(code, PHONE) is None


def test_who_guesses_alone_keeps_nobody_else_out() -> None:
    clock, told = Clock(), []
    pairing = Pairing(clock, on_lock_out=told.append)
    code = pairing.begin("look")
    for _ in range(10 * MAX_WRONG_AN_HOUR):
        assert pairing.redeem(wrong_for(code), "10.0.0.66") is None
    assert told == ["10.0.0.66"], "once"
    assert pairing.redeem(code, "10.0.0.66") is None, "even with the right one"
    assert pairing.is_locked("10.0.0.66")
    assert not pairing.is_locked(PHONE)
    assert pairing.redeem(code, PHONE) == "look"
    clock.now += 3601
    assert pairing.redeem(pairing.begin("look"), "10.0.0.66") == "look"


def test_many_who_guess_lock_pairing_for_an_hour_and_are_told_of_once() -> None:
    clock, told = Clock(), []
    pairing = Pairing(clock, on_lock_out=told.append)
    for number in range(MAX_WRONG_AN_HOUR + 5):
        pairing.redeem(wrong_for(pairing.begin("look")), f"10.0.0.{number}")
    assert told == [""]
    assert pairing.is_locked()
    assert pairing.redeem(pairing.begin("look"), PHONE) is None, "even the right one"
    clock.now += 3601
    assert pairing.redeem(pairing.begin("look"), PHONE) == "look"


def test_addresses_without_end_fill_no_memory() -> None:
    pairing = Pairing(Clock())
    for number in range(1000):
        pairing.redeem("", f"address {number}")
    assert len(pairing._of_address_s) <= MAX_WRONG_AN_HOUR
