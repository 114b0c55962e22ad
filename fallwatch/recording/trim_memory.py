"""Hands memory that is free again back to the system."""

from __future__ import annotations

import ctypes
import sys
from functools import cache
from typing import Any


def hand_back_memory() -> None:
    """Let the C library give up what it holds and nobody uses; takes milliseconds.

    Images of a megabyte come and go between small things that stay, and glibc keeps the holes:
    a program that watches for weeks would grow by tens of megabytes an hour though it holds no
    more. Without effect where there is no ``malloc_trim``, as on Windows, macOS and musl.
    """
    libc = _libc()
    if libc is not None:
        libc.malloc_trim(0)


@cache
def _libc() -> Any:
    """The C library, if it can do it."""
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None)
    return libc if hasattr(libc, "malloc_trim") else None
