"""Hand-over of frames from the capture thread to the analysis thread."""

from __future__ import annotations

import threading
from collections import deque
from typing import Generic, Protocol, TypeVar

T = TypeVar("T")
T_contra = TypeVar("T_contra", contravariant=True)
T_co = TypeVar("T_co", covariant=True)


class Outlet(Protocol[T_contra]):
    """The giver's side of a hand-over."""

    def put(self, item: T_contra) -> None:
        """Hand an item on; without effect once it is closed."""
        ...


class Inlet(Protocol[T_co]):
    """The taker's side of a hand-over."""

    def take(self, timeout_s: float) -> T_co | None:
        """The next item; None if nothing came in time, or it is closed."""
        ...


class Mailbox(Generic[T]):
    """One slot, for cameras: a new item replaces one not yet taken, and nobody ever waits to put.

    Whoever takes gets the newest there is, so what is analysed is never old.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._slot: deque[T] = deque(maxlen=1)
        self._closed = False

    def put(self, item: T) -> None:
        """Put an item in, in place of one not yet taken; without effect once it is closed."""
        with self._changed:
            if not self._closed:
                self._slot.append(item)
                self._changed.notify()

    def take(self, timeout_s: float) -> T | None:
        """Take the item out, waiting for one; None if nothing came in time, or it is closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._slot or self._closed, timeout_s)
            return self._slot.popleft() if self._slot else None

    def close(self) -> None:
        """Wake who waits; what is inside is thrown away. Safe to call twice."""
        with self._changed:
            self._closed = True
            self._slot.clear()
            self._changed.notify_all()


class Conveyor(Generic[T]):
    """A few places in a row, for clips: nothing is dropped, and who puts waits for a free place.

    So every frame of a clip is analysed, and a slow machine plays it slower instead of coming
    to another verdict.

    Args:
        places: Items that may wait to be taken.
    """

    def __init__(self, places: int = 2) -> None:
        self._changed = threading.Condition()
        self._items: deque[T] = deque()
        self._places = places
        self._closed = False

    def put(self, item: T) -> None:
        """Put an item at the end, waiting for a place; without effect once it is closed."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._items) < self._places or self._closed)
            if not self._closed:
                self._items.append(item)
                self._changed.notify_all()

    def take(self, timeout_s: float) -> T | None:
        """Take the oldest item, waiting for one; None if nothing came in time, or it is closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._items or self._closed, timeout_s)
            item = self._items.popleft() if self._items else None
            self._changed.notify_all()
            return item

    def close(self) -> None:
        """Wake who waits; what is inside is thrown away. Safe to call twice."""
        with self._changed:
            self._closed = True
            self._items.clear()
            self._changed.notify_all()
