from __future__ import annotations

import shutil
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from fallwatch.core.message import Message, plain
from fallwatch.core.types import AlarmState
from fallwatch.events import schema
from fallwatch.events.reserve import RESERVE_BYTES
from fallwatch.events.store import EventStore, StoreError
from tests.alarms.builders import make_alarm
from tests.repository import REPOSITORY
from tests.tools.translate import message_templates


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "events.db"


@pytest.fixture
def store(path: Path) -> Iterator[EventStore]:
    store = EventStore(path)
    yield store
    store.close()


FULL = make_alarm(
    "full",
    evidence=("Bücher gefallen", "lies still"),
    clip_time_s=3.25,
    from_clip=True,
    state=AlarmState.ACKNOWLEDGED,
    acknowledged_utc="2026-01-31T03:06:00.000Z",
    acknowledged_by="Ada",
)


@pytest.mark.parametrize("alarm", [make_alarm(evidence=()), FULL], ids=["least", "full"])
def test_what_is_added_comes_back_after_reopening(
    store: EventStore, path: Path, alarm: object
) -> None:
    store.add(alarm)  # type: ignore[arg-type]
    store.close()
    again = EventStore(path)
    assert again.recent() == (alarm,)
    again.close()


def test_an_update_replaces_the_state_and_adds_to_the_history(store: EventStore) -> None:
    alarm = make_alarm()
    store.add(alarm, at_utc="2026-01-31T03:04:06.000Z")
    answered = replace(alarm, state=AlarmState.ACKNOWLEDGED, acknowledged_by="Ada")
    store.update(
        answered, what=Message("acknowledged"), by="Ada", at_utc="2026-01-31T03:05:00.000Z"
    )
    assert store.get("a") == answered
    assert [(entry.at_utc, str(entry.what), entry.by) for entry in store.history("a")] == [
        ("2026-01-31T03:04:06.000Z", "raised", "fallwatch"),
        ("2026-01-31T03:05:00.000Z", "acknowledged", "Ada"),
    ]


def test_an_update_of_an_event_the_record_lost_adds_it(store: EventStore) -> None:
    store.update(make_alarm(), what=Message("acknowledged"))
    assert store.get("a") == make_alarm()


def test_an_unknown_event_is_none(store: EventStore) -> None:
    assert store.get("nobody") is None
    assert store.history("nobody") == ()


def test_open_alarms_are_those_not_closed_oldest_first_also_if_the_clock_was_set_back(
    store: EventStore,
) -> None:
    for number, state in enumerate(AlarmState):
        store.add(
            make_alarm(state.value, state=state, started_utc=f"2026-01-0{9 - number}T00:00:00.000Z")
        )
    assert [alarm.state for alarm in store.open_alarms()] == [
        AlarmState.UNACKNOWLEDGED,
        AlarmState.RETURNED_UNACKNOWLEDGED,
        AlarmState.ACKNOWLEDGED,
    ]


def test_recent_is_newest_first_and_limited_also_if_the_clock_was_set_back(
    store: EventStore,
) -> None:
    for day in (3, 1, 2):
        store.add(make_alarm(str(day), started_utc=f"2026-01-0{day}T00:00:00.000Z"))
    assert [alarm.event_id for alarm in store.recent()] == ["2", "1", "3"]
    assert [alarm.event_id for alarm in store.recent(2)] == ["2", "1"]


def test_writes_are_durable_and_only_for_the_owner(store: EventStore, path: Path) -> None:
    store.add(make_alarm())
    with store.reading() as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL
    for part in path.parent.iterdir():
        assert stat.S_IMODE(part.stat().st_mode) & 0o077 == 0


def test_threads_share_the_store(store: EventStore) -> None:
    def write(name: int) -> None:
        for number in range(10):
            store.add(make_alarm(f"{name}-{number}"))

    threads = [threading.Thread(target=write, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(store.recent()) == 40


def test_nothing_is_opened_before_first_use(path: Path) -> None:
    EventStore(path).close()
    assert not path.parent.exists()


def test_a_write_of_another_process_is_noticed_once(store: EventStore, path: Path) -> None:
    store.add(make_alarm())
    store.changed_elsewhere()
    assert not store.changed_elsewhere()
    store.add(make_alarm("own"))
    assert not store.changed_elsewhere()
    other = EventStore(path)
    other.add(make_alarm("other"))
    other.close()
    assert store.changed_elsewhere()
    assert not store.changed_elsewhere()


def test_a_file_that_is_no_database_is_set_aside_with_a_warning(
    store: EventStore, path: Path
) -> None:
    path.parent.mkdir()
    path.write_bytes(b"not a database at all " * 500)
    store.add(make_alarm())
    assert store.recent() == (make_alarm(),)
    (warning,) = store.warnings
    assert "damaged" in str(warning)
    (aside,) = path.parent.glob("events.db.damaged-*Z")
    assert aside.name in str(warning)
    assert aside.read_bytes().startswith(b"not a database")


def test_a_database_damaged_inside_is_set_aside(store: EventStore, path: Path) -> None:
    for number in range(200):
        store.add(make_alarm(str(number)))
    store.close()
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xa5" * (len(content) - 4096)
    path.write_bytes(content)
    assert store.open_alarms() == ()
    assert len(store.warnings) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="open files cannot be moved there")
def test_what_belongs_to_a_damaged_database_goes_with_it(store: EventStore, path: Path) -> None:
    other = EventStore(path)
    other.add(make_alarm())
    with other.reading() as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    path.write_bytes(b"x" * path.stat().st_size)
    assert store.open_alarms() == ()
    (aside,) = path.parent.glob("events.db.damaged-*Z")
    assert aside.with_name(aside.name + "-wal").exists()
    other.close()


def test_a_damaged_record_that_cannot_be_moved_is_not_said_to_be(
    store: EventStore, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows, while another program has it open."""

    def refuse(source: Path, target: Path) -> None:
        raise PermissionError(13, "used by another process")

    store.add(make_alarm())
    store.close()
    path.write_bytes(b"x" * 8192)
    with monkeypatch.context() as windows:
        windows.setattr("fallwatch.events.database.replace_patiently", refuse)
        with pytest.raises(StoreError, match=r"events\.db cannot be used"):
            store.add(make_alarm("next"))
        assert store.warnings == ()
    assert path.read_bytes() == b"x" * 8192
    store.add(make_alarm("next"))
    assert len(store.warnings) == 1


def test_damage_while_running_is_healed_at_the_next_use(store: EventStore, path: Path) -> None:
    store.add(make_alarm())
    store.close()
    path.write_bytes(b"x" * 8192)
    store.add(make_alarm("next"))
    assert store.recent() == (make_alarm("next"),)
    assert len(store.warnings) == 1


def test_a_place_that_cannot_be_written_is_a_clear_error_until_it_can(tmp_path: Path) -> None:
    blocked = tmp_path / "data"
    blocked.write_text("a file where the folder should be")
    store = EventStore(blocked / "events.db")
    with pytest.raises(StoreError, match=r"events\.db cannot be used .* Free some disk space"):
        store.add(make_alarm())
    blocked.unlink()
    store.add(make_alarm())
    assert store.recent() == (make_alarm(),)
    store.close()


def test_a_locked_database_is_an_error_and_works_again_after(store: EventStore, path: Path) -> None:
    store.add(make_alarm())
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StoreError, match="locked"):
        store.add(make_alarm("b"))
    other.execute("ROLLBACK")
    other.close()
    store.add(make_alarm("b"))
    assert len(store.recent()) == 2


def test_a_record_of_a_newer_version_is_left_alone(store: EventStore, path: Path) -> None:
    store.add(make_alarm())
    store.close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StoreError, match="newer fallwatch"):
        store.recent()
    assert list(path.parent.glob("*damaged*")) == []


def test_migrations_run_in_order_and_once(
    store: EventStore, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.add(make_alarm())
    store.close()
    added = (("CREATE TABLE pictures (event_id TEXT)", "INSERT INTO pictures VALUES ('a')"),)
    longer = schema.MIGRATIONS + added
    monkeypatch.setattr(schema, "MIGRATIONS", longer)
    monkeypatch.setattr("fallwatch.events.database.MIGRATIONS", longer)
    for _ in range(2):
        assert store.recent() == (make_alarm(),)
        store.close()
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT * FROM pictures").fetchall() == [("a",)]
    assert connection.execute("PRAGMA user_version").fetchone() == (len(longer),)
    connection.close()


DISK_FULL = """
import resource, signal, sys
from pathlib import Path
from fallwatch.events.store import EventStore, StoreError
from tests.alarms.builders import make_alarm

path = Path(sys.argv[1])
store = EventStore(path)
store.add(make_alarm("before"))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
wal = path.with_name(path.name + "-wal").stat().st_size
resource.setrlimit(resource.RLIMIT_FSIZE, (wal, hard))
try:
    store.add(make_alarm("full", evidence=("long " * 1000,) * 20))
except StoreError as error:
    print("refused:", error)
resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
store.add(make_alarm("after"))
print(sorted(alarm.event_id for alarm in store.recent()), store.warnings)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="limits the size of files, as Linux does")
def test_a_disk_that_is_full_for_a_while_costs_nothing_that_was_written(path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", DISK_FULL, path],
        cwd=REPOSITORY, capture_output=True, text=True, check=True,
    )  # fmt: skip
    refused, left = done.stdout.splitlines()
    assert refused.startswith("refused: The event record")
    assert left == "['after', 'before'] ()"


WRITER = """
import sys
from pathlib import Path
from fallwatch.events.store import EventStore
from tests.alarms.builders import make_alarm

store = EventStore(Path(sys.argv[1]))
number = 0
while True:
    alarm = make_alarm(f"{sys.argv[2]}-{number}")
    store.add(alarm)
    print(alarm.event_id, flush=True)
    number += 1
"""


@pytest.mark.parametrize("delay_ms", [0, 7])
def test_what_add_returned_from_survives_kill_9(path: Path, delay_ms: int) -> None:
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, path, "w"],
        cwd=REPOSITORY, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert writer.stdout is not None
    committed = [writer.stdout.readline().strip() for _ in range(20 + delay_ms)]
    writer.kill()
    committed += writer.stdout.read().split()
    writer.wait()
    writer.stdout.close()
    store = EventStore(path)
    assert set(committed) <= {alarm.event_id for alarm in store.recent(100_000)}
    assert store.warnings == ()
    store.close()


def scribble(path: Path, *statements: str) -> None:
    """Change the database behind the store's back."""
    connection = sqlite3.connect(path)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


@pytest.mark.parametrize(
    "damage",
    ["state = 'unacknowlfdged'", "evidence = '[\"x'", "score = 'high'", "camera = x'37'",
     "evidence = '3'", "evidence = '[{\"template\": 7}]'", "evidence = '{}'", "priority = x'ff'"],
)  # fmt: skip
def test_an_event_with_a_damaged_value_is_left_out_and_told(
    store: EventStore, path: Path, damage: str
) -> None:
    store.add(make_alarm(event_id="one"))
    store.add(make_alarm(event_id="two"))
    scribble(path, f"UPDATE events SET {damage} WHERE event_id = 'one'")
    assert [alarm.event_id for alarm in store.open_alarms()] == ["two"]
    assert [alarm.event_id for alarm in store.all()] == ["two"]
    (warning,) = store.warnings
    assert "'one'" in str(warning)
    assert path.name in str(warning)


def test_letters_that_are_none_are_replaced(store: EventStore, path: Path) -> None:
    store.add(make_alarm(event_id="one"))
    scribble(path, "UPDATE events SET camera = CAST(x'48ff' AS TEXT)")
    assert [alarm.camera for alarm in store.all()] == ["H\ufffd"]


@pytest.mark.parametrize(
    "statement",
    ["PRAGMA user_version = 0", "PRAGMA user_version = -5", "DROP TABLE history",
     "ALTER TABLE events RENAME COLUMN state TO sxate"],
)  # fmt: skip
def test_a_record_of_another_layout_is_set_aside_and_the_write_still_happens(
    store: EventStore, path: Path, statement: str
) -> None:
    store.add(make_alarm(event_id="one"))
    store.close()
    scribble(path, statement)
    store.add(make_alarm(event_id="two"))
    assert [alarm.event_id for alarm in store.all()] == ["two"]
    (warning,) = store.warnings
    assert "damaged" in str(warning)
    assert len(list(path.parent.glob(f"{path.name}.damaged-*"))) >= 1


def test_on_a_full_disk_the_reserve_makes_room_for_an_event(
    store: EventStore, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reserve = path.with_name(f"{path.name}.reserve")
    store.add(make_alarm("before"))
    assert reserve.exists()
    with store.reading() as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")  # until it is opened again
    room = reserve.stat()
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: SimpleNamespace(free=0))
    store.add(make_alarm("during", evidence=("long " * 1000,) * 10))
    assert room.st_size == RESERVE_BYTES
    assert not reserve.exists()
    assert [alarm.event_id for alarm in store.all()] == ["before", "during"]


def test_messages_come_back_in_their_parts(store: EventStore) -> None:
    evidence = (Message("torso {0} degrees from upright", ("71",)), Message("lost from view"))
    alarm = make_alarm(evidence=evidence)
    store.add(alarm)
    outcome = Message("acknowledged: {0}", (Message("false alarm"),))
    store.update(alarm, what=outcome, by="Ada")
    store.note("a", what=plain('{"template": 7}'), by="Ada")
    store.close()
    assert store.get("a") == alarm
    assert [entry.what for entry in store.history("a")] == [
        Message("raised"),
        outcome,
        plain('{"template": 7}'),
    ]


def test_a_sentence_that_fallwatch_words_otherwise_now_is_read_as_that_one(
    store: EventStore,
) -> None:
    store.add(make_alarm(), what=Message("not answered before the restart: told again"))
    now = "not acknowledged before the restart: raised again"
    assert store.history("a")[0].what == Message(now)
    assert now in message_templates()


def test_the_sentences_of_an_older_fallwatch_are_shown_as_they_are(
    store: EventStore, path: Path
) -> None:
    store.add(make_alarm(), what=Message("acknowledged: false alarm"))
    store.close()
    scribble(path, """UPDATE events SET evidence = '["torso {0}", "lies still"]'""")
    found = store.get("a")
    assert found is not None
    assert [str(each) for each in found.evidence] == ["torso {0}", "lies still"]
    assert str(store.history("a")[0].what) == "acknowledged: false alarm"
