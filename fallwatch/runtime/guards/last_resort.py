"""The last resort: an exception that nobody caught is logged and becomes an alarm.

Qt hands what a slot raises to ``sys.excepthook``, and a thread that dies of an exception calls
``threading.excepthook``. Without this, both end on a console nobody reads.
"""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from fallwatch.alarms.channels.channel_thread import guarded
from fallwatch.alarms.raising import THIS_COMPUTER
from fallwatch.core.message import Message
from fallwatch.core.types import AlarmState
from fallwatch.dispatch.alarm_dispatcher import AlarmDispatcher

_log = logging.getLogger(__name__)

#: The technical alarm about fallwatch itself.
PROGRAM_FAULT = "program_fault"

#: The same fault is told again so much later, if it goes on though somebody has acknowledged it.
_AGAIN_AFTER_S = 900.0

#: More different faults than any run has; the oldest are forgotten.
_MAX_FAULTS = 100

_Hook = Callable[[type[BaseException], BaseException, "TracebackType | None"], object]


class LastResort:
    """Hears of every exception that nobody caught, from `install` to `uninstall`.

    Args:
        dispatcher: Where the alarm goes; its record may wait for the disk, so it is asked on a
            thread of its own.
        monotonic: Clock in seconds.
    """

    def __init__(
        self, dispatcher: AlarmDispatcher, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._dispatcher, self._monotonic = dispatcher, monotonic
        self._lock = threading.Lock()
        self._told_s: dict[str, float] = {}
        self._before: _Hook = sys.excepthook
        self._thread_before = threading.excepthook
        # Kept, for each look at a method makes a new object.
        self._hook, self._thread_hook = self._on_exception, self._on_thread_exception

    def install(self) -> None:
        """Hear of exceptions from now on."""
        self._before, self._thread_before = sys.excepthook, threading.excepthook
        sys.excepthook, threading.excepthook = self._hook, self._thread_hook

    def uninstall(self) -> None:
        """Leave them to whoever had them before."""
        if sys.excepthook is self._hook:
            sys.excepthook = self._before
        if threading.excepthook is self._thread_hook:
            threading.excepthook = self._thread_before

    def __enter__(self) -> LastResort:
        """See `install`."""
        self.install()
        return self

    def __exit__(self, *exception: object) -> None:
        """See `uninstall`."""
        self.uninstall()

    def _on_exception(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, Exception):
            self._tell(error, trace, threading.current_thread().name)
        # The traceback goes to the console, and a test hears of it.
        self._before(kind, error, trace)

    def _on_thread_exception(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and issubclass(args.exc_type, Exception):
            name = "a thread" if args.thread is None else args.thread.name
            self._tell(args.exc_value, args.exc_traceback, name)
        self._thread_before(args)

    def _tell(self, error: BaseException, trace: TracebackType | None, thread: str) -> None:
        _log.error("Nobody caught this, on %s: %r", thread, error, exc_info=error)
        # Where and what kind alone: the words of an error may hold a password.
        where = f"{type(error).__name__}, {_place_of(trace)}"
        now_s = self._monotonic()
        with self._lock:
            if now_s - self._told_s.get(where, float("-inf")) < _AGAIN_AFTER_S:
                return
            self._told_s.pop(where, None)
            self._told_s[where] = now_s
            while len(self._told_s) > _MAX_FAULTS:
                del self._told_s[next(iter(self._told_s))]
        threading.Thread(
            target=self._raise_alarm, args=(where,), name="fallwatch fault alarm", daemon=True
        ).start()

    def _raise_alarm(self, where: str) -> None:
        # Should this fail too, the log has it.
        guarded(Message("The alarm about a fault"), lambda: self._raise(where))

    def _raise(self, where: str) -> None:
        if self._is_acknowledged():
            # It makes place for this one: an acknowledged alarm would hide it.
            self._dispatcher.clear_technical(THIS_COMPUTER, PROGRAM_FAULT)
        message = Message(
            "A part of fallwatch itself failed ({0}). The rest goes on. Check that every room "
            "is watched; start fallwatch again if it is not.",
            (where,),
        )
        self._dispatcher.raise_technical(THIS_COMPUTER, PROGRAM_FAULT, message)

    def _is_acknowledged(self) -> bool:
        return any(
            alarm.kind == PROGRAM_FAULT and alarm.state is AlarmState.ACKNOWLEDGED
            for alarm in self._dispatcher.open_alarms
        )


def _place_of(trace: TracebackType | None) -> str:
    """File and line where it happened."""
    if trace is None:
        return "unknown place"
    while trace.tb_next is not None:
        trace = trace.tb_next
    return f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
