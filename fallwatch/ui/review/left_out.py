"""Words about alarms that a night leaves out."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from fallwatch.runtime.review.night_review import Night


def left_out_words(night: Night) -> str:
    """How many alarms came from recorded clips, and where they are listed."""
    return _tr(
        "Alarms from recorded clips are left out here: {0}. The list of events has them."
    ).format(night.clips)


def _tr(text: str) -> str:
    return QCoreApplication.translate("NightReview", text)
