"""Memory that is free again does not stay with the process."""

from __future__ import annotations

import ctypes
import sys
from pathlib import Path

import pytest

from fallwatch.recording import trim_memory

_SMALL, _PIECES = 2000, 50_000


def _resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_without_such_a_c_library_nothing_is_called(
    monkeypatch: pytest.MonkeyPatch, platform: str
) -> None:
    opened: list[object] = []
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(ctypes, "CDLL", opened.append)
    trim_memory._libc.cache_clear()
    try:
        trim_memory.hand_back_memory()
    finally:
        trim_memory._libc.cache_clear()
    assert opened == []


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only glibc has malloc_trim")
def test_holes_between_what_stays_go_back_to_the_system() -> None:
    libc = ctypes.CDLL(None)
    if not hasattr(libc, "malloc_trim"):
        pytest.skip("the C library has no malloc_trim")
    libc.malloc.restype = ctypes.c_void_p
    libc.malloc.argtypes, libc.free.argtypes = [ctypes.c_size_t], [ctypes.c_void_p]
    libc.memset.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_size_t]
    pieces = [libc.malloc(_SMALL) for _ in range(_PIECES)]
    for piece in pieces:
        libc.memset(piece, 1, _SMALL)
    stays = pieces[:: _PIECES // 10]
    for piece in set(pieces) - set(stays):
        libc.free(piece)
    before = _resident_bytes()
    trim_memory.hand_back_memory()
    after = _resident_bytes()
    for piece in stays:
        libc.free(piece)
    assert before - after > 0.5 * _SMALL * _PIECES
