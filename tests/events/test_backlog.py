from __future__ import annotations

from fallwatch.events.backlog import Backlog
from fallwatch.events.store import StoreError


def test_writes_wait_in_order_while_the_first_fails() -> None:
    done: list[int] = []
    broken = True

    def write(number: int) -> None:
        if broken and number == 2:
            raise StoreError("disk full")
        done.append(number)

    backlog = Backlog()
    for number in (1, 2, 3):
        backlog.append(lambda number=number: write(number))  # type: ignore[misc]
    assert str(backlog.flush()) == "disk full"
    assert (done, len(backlog)) == ([1], 2)
    broken = False
    assert backlog.flush() is None
    assert (done, len(backlog)) == ([1, 2, 3], 0)
