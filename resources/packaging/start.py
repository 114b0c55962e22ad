"""First module of the desktop bundle: the program, or one of its own modules in another process."""

from __future__ import annotations

import multiprocessing
import runpy
import sys


def main() -> None:
    """Run ``fallwatch``, or with ``-m fallwatch.MODULE`` that module, as Python would."""
    multiprocessing.freeze_support()
    if sys.argv[1:2] == ["-m"] and "".join(sys.argv[2:3]).startswith("fallwatch."):
        module = sys.argv[2]
        del sys.argv[1:3]
        runpy.run_module(module, run_name="__main__", alter_sys=True)
        return
    from fallwatch.__main__ import main as run

    run()


if __name__ == "__main__":
    main()
