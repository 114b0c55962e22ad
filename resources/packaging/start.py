"""First module of the desktop bundle: the program, or one of its own modules in another process."""

from __future__ import annotations

import multiprocessing
import os
import runpy
import sys


def main() -> None:
    """Run ``fallwatch``, or with ``-m fallwatch.MODULE`` that module, as Python would."""
    restore_library_path()
    multiprocessing.freeze_support()
    if sys.argv[1:2] == ["-m"] and "".join(sys.argv[2:3]).startswith("fallwatch."):
        module = sys.argv[2]
        del sys.argv[1:3]
        runpy.run_module(module, run_name="__main__", alter_sys=True)
        return
    from fallwatch.__main__ import main as run

    run()


def restore_library_path() -> None:
    """Let the system's programs that play sounds and open pages use the system's libraries.

    The bundle's start puts its own folder in front of them all. The loader has read that by now; a
    new process of the bundle gets it again.
    """
    before = os.environ.pop("LD_LIBRARY_PATH_ORIG", None)
    if before is not None:
        os.environ["LD_LIBRARY_PATH"] = before
    elif getattr(sys, "frozen", False):
        os.environ.pop("LD_LIBRARY_PATH", None)


if __name__ == "__main__":
    main()
