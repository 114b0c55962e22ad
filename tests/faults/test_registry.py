"""Every module's command is found, and its report says what was kept."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from tests.faults import __main__ as entry
from tests.faults.registry import Command, find_commands
from tests.faults.report import Report, Row

_KEPT = Row("It comes back", "pulled | plugged", 3, "3 of 3", True)
_BROKEN = Row("It stays", "waited", 1, "0 of 1", False)


def test_every_module_with_a_command_is_a_subcommand() -> None:
    commands = find_commands()
    assert {"cameras", "crash", "soak"} <= commands.keys()
    for name, command in commands.items():
        parser = argparse.ArgumentParser()
        command.add_arguments(parser)
        assert command.name == name
        assert command.help


def test_a_report_without_a_row_or_with_a_broken_promise_is_not_kept() -> None:
    assert Report("x", (_KEPT,)).kept
    assert not Report("x", ()).kept
    assert not Report("x", (_KEPT, _BROKEN)).kept


def test_the_table_has_one_line_per_row() -> None:
    table = Report("x", (_KEPT, _BROKEN)).markdown().splitlines()
    assert len(table) == 4
    assert "pulled \\| plugged" in table[2]
    assert "**not kept**" in table[3]


@pytest.mark.parametrize(("rows", "status"), [((_KEPT,), 0), ((_KEPT, _BROKEN), 1)])
def test_the_exit_status_and_the_file_tell_whether_all_was_kept(
    rows: tuple[Row, ...],
    status: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    command = Command("x", "Try x.", lambda parser: None, lambda parsed: Report("x", rows))
    monkeypatch.setattr(entry, "find_commands", lambda: {"x": command})
    assert entry.main(["x", "--json", str(tmp_path / "x.json")]) == status
    assert "It comes back" in capsys.readouterr().out
    assert json.loads((tmp_path / "x.json").read_text())["kept"] is (status == 0)
