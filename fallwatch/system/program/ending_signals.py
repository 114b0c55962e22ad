"""Signals that ask a program to end."""

from __future__ import annotations

import signal


def ending_signals() -> list[signal.Signals]:
    """Those that would kill this process: Ctrl-C, SIGTERM, and the end of its terminal.

    What is ignored now stays so: that is how ``nohup`` keeps a program from ending with its
    terminal.
    """
    names = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")  # the last is Windows'
    known = [getattr(signal, name) for name in names if hasattr(signal, name)]
    return [number for number in known if signal.getsignal(number) is not signal.SIG_IGN]
