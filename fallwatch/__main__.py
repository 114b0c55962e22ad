"""Entry point of ``fallwatch`` and ``python -m fallwatch``."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from pathlib import Path

from fallwatch.system.program.ending_signals import end_at_once_on_ctrl_c


def main() -> None:
    """Run the command line."""
    end_at_once_on_ctrl_c()
    from fallwatch.paths import HomeError
    from fallwatch.system.program.process_title import hide_addresses

    if not has_proc():
        # OpenVINO's plugin for the processor looks for ever, and no signal ends it.
        print("Error: /proc is missing. Mount it: mount -t proc proc /proc", file=sys.stderr)  # noqa: T201
        sys.exit(2)
    # Before anything else is loaded: until then a camera's password is seen by every user.
    hide_addresses()
    from fallwatch.cli.console import make_streams_safe, whole_output

    make_streams_safe()
    try:
        with whole_output():
            from fallwatch.cli.main import app

            app()
    except HomeError as error:
        print(f"Error: {error}", file=sys.stderr)  # noqa: T201 - the command line is not there yet
        sys.exit(2)
    except SystemExit as end:
        _end_at_once(end)
        raise


def has_proc(platform: str = sys.platform, proc: Path = Path("/proc/self")) -> bool:
    """Whether the system's list of processes is there, where the system has one."""
    return platform != "linux" or proc.exists()


def _end_at_once(end: SystemExit) -> None:
    """End the process here, if a thread may still be inside a native library.

    Such threads are those that nobody waits for: one that loads a network, or that a camera's
    driver never gave back. Python's own way out takes their ground from under them, and the
    process is aborted instead of ending with its exit status.
    """
    others = [thread for thread in threading.enumerate() if thread is not threading.main_thread()]
    if not others or not all(thread.daemon for thread in others):
        return
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
    os._exit(end.code if isinstance(end.code, int) else int(end.code is not None))


if __name__ == "__main__":
    main()
