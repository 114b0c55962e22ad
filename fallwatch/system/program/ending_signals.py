"""Signals that ask a program to end."""

from __future__ import annotations

import os
import signal
from types import FrameType

#: What shells expect of a program that Ctrl-C ended.
INTERRUPTED = 130


def ending_signals() -> list[signal.Signals]:
    """Those that would kill this process: Ctrl-C, SIGTERM, and the end of its terminal.

    What is ignored now stays so: that is how ``nohup`` keeps a program from ending with its
    terminal.
    """
    names = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")  # the last is Windows'
    known = [getattr(signal, name) for name in names if hasattr(signal, name)]
    return [number for number in known if signal.getsignal(number) is not signal.SIG_IGN]


def end_at_once_on_ctrl_c() -> None:
    """End without a word on Ctrl-C while the program is loading and has opened nothing.

    An exception, which is Python's own way, ends in a traceback out of some import, or is
    swallowed by one: then the program goes on, and the wish is lost.
    """
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _end)


def raise_on_ctrl_c() -> None:
    """Have Ctrl-C raise ``KeyboardInterrupt`` again, for commands that tidy up behind it."""
    if signal.getsignal(signal.SIGINT) is _end:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _end(number: int, frame: FrameType | None) -> None:
    os._exit(INTERRUPTED)
