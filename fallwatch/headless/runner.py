"""Rooms watched without a window until they are over or somebody stops it."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable

from fallwatch.headless.rooms import WatchedRooms
from fallwatch.pipeline.monitor import MonitorState, MonitorStatus
from fallwatch.runtime.room_watch import RoomWatch

#: What is to be reported, in order; put in from any thread and done on the caller's.
Inbox = queue.SimpleQueue[Callable[[], object]]

_LOOK_S = 0.2


def watch_rooms(
    rooms: WatchedRooms, inbox: Inbox, stop: threading.Event
) -> list[tuple[RoomWatch, MonitorStatus]]:
    """Watch rooms until ``stop`` is set, or until each of them is over; report on this thread.

    A clip is over when it ends or cannot be read on. So is a camera given by its address that
    cannot be opened at the start: then the address is more likely wrong. A configured room is
    never given up; where the last one was taken out of the settings, another is waited for.

    Args:
        rooms: Started; looked through again each time, since rooms may come and go meanwhile.
        inbox: Reports of the watches.
        stop: Any thread may set it.

    Returns:
        Those that were watched at the end, and the last status of each.
    """
    ran: set[RoomWatch] = set()
    try:
        while not stop.is_set():
            report_waiting(inbox, _LOOK_S)
            watches = list(rooms)
            ran.intersection_update(watches)
            ran.update(each for each in watches if each.status.state is MonitorState.RUNNING)
            if watches and all(_is_over(each, ran=each in ran) for each in watches):
                break
    finally:
        rooms.finish()
        statuses = [(watch, watch.status) for watch in rooms]
        for watch, _ in statuses:
            watch.stop()
        report_waiting(inbox)
    return statuses


def _is_over(watch: RoomWatch, *, ran: bool) -> bool:
    choice, state = watch.choice, watch.status.state
    if state is MonitorState.FINISHED:
        return True
    tries_again = choice.is_room or (ran and not choice.ends)
    return state is MonitorState.FAULTED and not tries_again


def report_waiting(inbox: Inbox, wait_s: float = 0.0) -> None:
    """Do all that waits; if nothing does, wait so long for it."""
    try:
        inbox.get(timeout=wait_s)()
        while True:
            inbox.get_nowait()()
    except queue.Empty:
        return
