"""Pages of help: the guide, the keys, and what fallwatch is made of."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QKeySequence

from fallwatch.paths import resources_dir
from fallwatch.system.program.versions import version_line
from fallwatch.ui.alarm.alarm_banner import FALSE_ALARM_KEY
from fallwatch.ui.alarm.hold_key import ACKNOWLEDGE_KEY
from fallwatch.ui.kiosk.kiosk import KIOSK_KEY
from fallwatch.ui.text.language import spoken


def guides_dir() -> Path:
    """Folder of the guides, from which their pictures are named."""
    return resources_dir() / "docs"


def guide() -> str:
    """The user guide in the window's language, in Markdown."""
    language = spoken()
    name = "user.md" if language == "en" else f"user.{language}.md"
    return _read(guides_dir() / name)


def keys() -> str:
    """All keys of the window, in Markdown."""
    rows = (
        (_key(ACKNOWLEDGE_KEY), _tr("Acknowledge the alarm that is shown")),
        (_tr("{0}, held").format(_key(ACKNOWLEDGE_KEY)), _tr("Acknowledge all alarms that wait")),
        (_key(FALSE_ALARM_KEY), _tr("Acknowledge it as a false alarm")),
        (_key("Ctrl+K"), _tr("Add a camera")),
        (_key("Ctrl+O"), _tr("Open a clip")),
        (_key("Ctrl+T"), _tr("Pause or start watching")),
        (f"{_key('Ctrl+1')} … {_key('Ctrl+9')}", _tr("Enlarge a room")),
        (_key("Esc"), _tr("Show all rooms")),
        (_key("Ctrl+N"), _tr("Night review")),
        (_key("Ctrl+R"), _tr("Recorded clips")),
        (_key("Ctrl+Shift+T"), _tr("Self-test")),
        (_key("Ctrl+,"), _tr("Settings")),
        (_key(KIOSK_KEY), _tr("Full screen, and back")),
        (_key("F1"), _tr("Guide")),
        (_key("Ctrl+Q"), _tr("Quit")),
    )
    lines = [f"| {_tr('Key')} | {_tr('What it does')} |", "|---|---|"]
    return "\n".join([*lines, *(f"| {key} | {words} |" for key, words in rows)])


def _key(name: str) -> str:
    """A key as the keyboard of the window's language has it: Strg for Ctrl."""
    return QKeySequence(name).toString(QKeySequence.SequenceFormat.NativeText)


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
