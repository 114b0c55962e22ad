"""Pages of help: the guide, the keys, and what fallwatch is made of."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication

from fallwatch.paths import resources_dir
from fallwatch.system.program.versions import version_line
from fallwatch.ui.alarm.alarm_banner import FALSE_ALARM_KEY
from fallwatch.ui.alarm.hold_key import ACKNOWLEDGE_KEY
from fallwatch.ui.kiosk.kiosk import KIOSK_KEY


def guide() -> str:
    """The user guide, in Markdown."""
    return _read(resources_dir() / "docs" / "user.md")


def keys() -> str:
    """All keys of the window, in Markdown."""
    rows = (
        (ACKNOWLEDGE_KEY, _tr("Acknowledge the alarm that is shown")),
        (_tr("{0}, held").format(ACKNOWLEDGE_KEY), _tr("Acknowledge all alarms that wait")),
        (FALSE_ALARM_KEY, _tr("Acknowledge it as a false alarm")),
        ("Ctrl+K", _tr("Add a camera")),
        ("Ctrl+O", _tr("Open a clip")),
        ("Ctrl+T", _tr("Pause or start watching")),
        ("Ctrl+1 … Ctrl+9", _tr("Enlarge a room")),
        ("Esc", _tr("Show all rooms")),
        ("Ctrl+N", _tr("Night review")),
        ("Ctrl+R", _tr("Recorded clips")),
        ("Ctrl+Shift+T", _tr("Self-test")),
        ("Ctrl+,", _tr("Settings")),
        (KIOSK_KEY, _tr("Full screen, and back")),
        ("F1", _tr("Guide")),
        ("Ctrl+Q", _tr("Quit")),
    )
    lines = [f"| {_tr('Key')} | {_tr('What it does')} |", "|---|---|"]
    return "\n".join([*lines, *(f"| {key} | {words} |" for key, words in rows)])


def about() -> str:
    """Versions and licences, in Markdown."""
    licence = _tr(
        "fallwatch is free software under the MIT licence; its pose networks are Apache-2.0."
    )
    promise = _tr(
        "fallwatch is no medical device. It watches where nobody can; it does not take the place "
        "of care."
    )
    third_party = _read(resources_dir() / "THIRD_PARTY.md")
    return f"{version_line()}\n\n{licence}\n\n{promise}\n\n{third_party}"


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        return _tr("{0} is missing. Install fallwatch again.").format(path.name)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Help", text)
