"""Files that begin as good ones and end as garbage, the same ones for the same seed."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

_Chance = random.Random

_NUMBER = re.compile(rb"-?\d+(\.\d+)?")
_ODD_NUMBERS = (
    b"-1", b"0", b"1e308", b"1e999", b"nan", b"inf", b"99999999999999999999", b"-0.0", b"0x7f",
    b"1_000", "٣".encode(), b"", b"1.5.2", b"'1'", b"true", b"[]", b"9" * 5000,
)  # fmt: skip
_ODD_TEXT = (
    b"\0", b"\xff\xfe", b"\r", b"\n\n\n", b"\x1b[31m", "\u202e".encode(), b"=cmd()", b'"', b"'''",
    b"[[", b"]]", b"{", b"}", b",,,", b"#", b"\\u0000", b"\xc3", b" " * 10_000, b"(" * 5000,
)  # fmt: skip


def flip_bits(data: bytearray, chance: _Chance) -> None:
    """Some single bits, as a tired disk leaves them."""
    for _ in range(chance.choice((1, 4, 16, 64))):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def flip_bits_early(data: bytearray, chance: _Chance) -> None:
    """Some single bits near the start, where headers are."""
    for _ in range(chance.choice((1, 4, 16))):
        data[chance.randrange(min(len(data), 2048))] ^= 1 << chance.randrange(8)


def cut_off(data: bytearray, chance: _Chance) -> None:
    """The end is missing, as after a copy that was broken off."""
    del data[chance.randrange(len(data)) :]


def lose_a_part(data: bytearray, chance: _Chance) -> None:
    """A part in the middle is missing."""
    begin = chance.randrange(len(data))
    del data[begin : begin + chance.randrange(1, 4096)]


def repeat_a_part(data: bytearray, chance: _Chance) -> None:
    """A part stands there twice."""
    begin = chance.randrange(len(data))
    part = data[begin : begin + chance.randrange(1, 4096)]
    data[begin:begin] = part


def overwrite(data: bytearray, chance: _Chance) -> None:
    """A block holds something else."""
    begin, size = chance.randrange(len(data)), chance.randrange(1, 4096)
    data[begin : begin + size] = chance.randbytes(min(size, len(data) - begin))


def blank(data: bytearray, chance: _Chance) -> None:
    """A block is zero, or all ones."""
    begin, size = chance.randrange(len(data)), chance.randrange(1, 4096)
    data[begin : begin + size] = chance.choice((b"\0", b"\xff")) * min(size, len(data) - begin)


def odd_sizes(data: bytearray, chance: _Chance) -> None:
    """Four bytes, which often are a size or a count, become a very large or odd one."""
    for _ in range(chance.choice((1, 3, 9))):
        begin = chance.randrange(len(data))
        value = chance.choice((0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, chance.getrandbits(32)))
        data[begin : begin + 4] = value.to_bytes(4, chance.choice(("big", "little")))


def odd_numbers(data: bytearray, chance: _Chance) -> None:
    """Numbers in a text become ones that nobody expects."""
    found = list(_NUMBER.finditer(bytes(data)))
    for number in reversed(chance.sample(found, min(len(found), chance.choice((1, 2, 8))))):
        data[number.start() : number.end()] = chance.choice(_ODD_NUMBERS)


def odd_text(data: bytearray, chance: _Chance) -> None:
    """Characters stand in a text that nobody expects there."""
    for _ in range(chance.choice((1, 2, 8))):
        begin = chance.randrange(len(data) + 1)
        data[begin:begin] = chance.choice(_ODD_TEXT)


def mix_lines(data: bytearray, chance: _Chance) -> None:
    """The lines of a text stand in another order, and some are missing."""
    lines = bytes(data).splitlines(keepends=True)
    chance.shuffle(lines)
    data[:] = b"".join(lines[: chance.randrange(1, len(lines) + 1)])


def other_encoding(data: bytearray, chance: _Chance) -> None:
    """The same text in an encoding of other programs."""
    text = bytes(data).decode(errors="replace") + "ä"
    data[:] = text.encode(chance.choice(("utf-16", "utf-32", "latin-1", "utf-8-sig")), "replace")


def replace_all(data: bytearray, chance: _Chance) -> None:
    """Something else altogether."""
    data[:] = chance.choice((b"", b"\0", b"MZ\x90", chance.randbytes(5000), b"hello\n" * 99))


Mutation = Callable[[bytearray, _Chance], None]

BINARY: tuple[Mutation, ...] = (
    flip_bits, flip_bits_early, cut_off, lose_a_part, repeat_a_part, overwrite, blank, odd_sizes,
    replace_all,
)  # fmt: skip
TEXT: tuple[Mutation, ...] = (
    flip_bits, cut_off, lose_a_part, repeat_a_part, blank, odd_numbers, odd_text, mix_lines,
    other_encoding, replace_all,
)  # fmt: skip


def mutate(content: bytes, mutations: tuple[Mutation, ...], chance: _Chance) -> bytes:
    """One to three mutations, one upon the other; never the content itself."""
    data = bytearray(content)
    while bytes(data) == content:
        for mutation in chance.choices(mutations, k=chance.choice((1, 1, 2, 3))):
            if data:
                mutation(data, chance)
    return bytes(data)
