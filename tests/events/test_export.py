from __future__ import annotations

import csv
import io
import json

from fallwatch.events.export import to_csv, to_json
from tests.alarms.builders import make_alarm

ALARMS = (
    make_alarm("a", camera='Oma, "rechts"', evidence=("fast descent", "lying; still")),
    make_alarm("b", camera="=cmd()", clip_time_s=3.5, from_clip=True),
)


def test_a_table_can_be_read_back() -> None:
    rows = list(csv.DictReader(io.StringIO(to_csv(ALARMS))))
    assert [row["event_id"] for row in rows] == ["a", "b"]
    assert rows[0]["camera"] == 'Oma, "rechts"'
    assert rows[0]["evidence"] == "fast descent; lying; still"
    assert rows[0]["priority"] == ALARMS[0].priority.value
    assert (rows[1]["clip_time_s"], rows[0]["clip_time_s"]) == ("3.5", "")


def test_no_cell_of_a_table_is_run_as_a_formula() -> None:
    rows = list(csv.DictReader(io.StringIO(to_csv(ALARMS))))
    assert rows[1]["camera"] == "'=cmd()"


def test_json_keeps_everything() -> None:
    first, second = json.loads(to_json(ALARMS))
    assert first["evidence"] == ["fast descent", "lying; still"]
    assert first["state"] == ALARMS[0].state.value
    assert second["camera"] == "=cmd()"
    assert second["from_clip"] is True


def test_no_events_make_an_empty_table() -> None:
    assert to_csv(()).count("\n") == 1
    assert json.loads(to_json(())) == []
