"""The line that always tells how long every room has been watched today."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from PySide6.QtCore import QCoreApplication, QObject, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from fallwatch.pipeline.health.uptime import CHANGED, STOPPED, UptimeLog, UptimeRecord
from fallwatch.ui.rooms.rooms import Rooms
from fallwatch.ui.rooms.worst_room import Trouble
from fallwatch.ui.style.icons import paint_icon
from fallwatch.ui.style.palette import Pair
from fallwatch.ui.style.theme import Theme
from fallwatch.ui.text.times import local_now, span

_LOOK_MS = 1000

#: Between one part of the line and the next.
_GAP = "   ·   "

#: Looks from one time the figures are kept to the next: what a crash may cost.
_KEEP_EVERY = 20


class HealthLine(QPushButton):
    """One line at the foot of the window. Pressed, it shows every gap."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._words = self._watched = ""
        self._trouble: Trouble | None = None
        self.setFlat(True)
        self.setObjectName("line")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setToolTip(self.tr("Show when a room was not watched today, and why"))
        self.show_logs({})

    @property
    def words(self) -> str:
        """The whole line, also where there is too little place for it."""
        return self._words

    def show_logs(self, logs: Mapping[str, UptimeLog]) -> None:
        """Tell of each room, by its name."""
        rooms = [f"{name} {room_words(log)}" for name, log in logs.items()]
        self._watched = self.tr("No room is watched.")
        if rooms:
            self._watched = self.tr("Watched today:  {0}").format(_GAP.join(rooms))
        self._refresh()

    def show_trouble(self, trouble: Trouble | None) -> None:
        """Tell first what is wrong, for as long as it lasts."""
        self._trouble = trouble
        self._refresh()
        self.update()

    def _refresh(self) -> None:
        words = self._watched
        if self._trouble is not None:
            words = f"{self._trouble.words}{_GAP}{words}"
        if words != self._words:
            self._words = words
            self.setAccessibleName(words)
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, QFontMetrics(self.font()).height() + 12)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setPen(self.palette().buttonText().color())
        area = self.rect().adjusted(10, 0, -10, 0)
        if self._trouble is not None:
            pair: Pair = getattr(self._theme.palette, self._trouble.mood)
            painter.fillRect(self.rect(), QColor(pair.paper))
            side = self.fontMetrics().height()
            place = QRectF(area.left(), (self.height() - side) / 2, side, side)
            paint_icon(painter, self._trouble.icon, place, pair.ink, pair.paper)
            painter.setPen(QColor(pair.ink))
            area.adjust(side + 8, 0, 0, 0)
        elide = Qt.TextElideMode.ElideRight
        text = QFontMetrics(self.font()).elidedText(self._words, elide, area.width())
        painter.drawText(
            area, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), text
        )
        painter.end()


class Health(QObject):
    """Looks at every room once a second and keeps its log.

    Signals:
        keep_wanted: What a later run needs of today, ``dict[str, UptimeRecord]``, now and then.
    """

    keep_wanted = Signal(object)

    def __init__(
        self,
        rooms: Rooms,
        line: HealthLine,
        now: Callable[[], datetime] = local_now,
        *,
        waits: bool = False,
    ) -> None:
        """Begin to look.

        Args:
            rooms: Whom to look at.
            line: Where it is told.
            now: Local time, with time zone.
            waits: Whether what an earlier run has kept of today is still to come: see `resume`.
        """
        super().__init__(line)
        self._rooms, self._line, self._now = rooms, line, now
        self._logs: dict[str, UptimeLog] = {}
        self._waits = waits
        self._looks = 0
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    @property
    def logs(self) -> dict[str, UptimeLog]:
        """The logs of the rooms there are, by name; a clip is no room."""
        names = [each.name for each in self._rooms.all if each.choice and not each.choice.ends]
        return {name: self._log(name) for name in names}

    def resume(self, records: Mapping[str, UptimeRecord]) -> None:
        """Go on with what an earlier run has kept of today."""
        self._logs = {name: UptimeLog(record) for name, record in records.items()}
        self._waits = False

    def keep(self) -> None:
        """Have today's figures kept for a later run."""
        if not self._waits:
            records = {name: log.record for name, log in self._logs.items()}
            rooms = self.logs
            self.keep_wanted.emit(
                {name: each for name, each in records.items() if each and name in rooms}
            )

    def close(self) -> None:
        """Have the figures kept a last time, and look no more."""
        self._timer.stop()
        self.keep()

    def look(self) -> None:
        """Look at all rooms now."""
        if self._waits:
            return
        now = self._now()
        for presenter in self._rooms.all:
            look = presenter.tile.look
            # The words of a fault may hold figures that change: one gap, not one for each.
            reason = look.gap or (look.title if look.live else look.detail or look.title)
            if look.busy and presenter.is_changing:
                reason = CHANGED
            self._log(presenter.name).look(look.monitoring, reason, now)
        for name in self._logs.keys() - {each.name for each in self._rooms.all}:
            # Removed: if it comes back, nobody failed to watch it meanwhile.
            self._logs[name].look(False, STOPPED, now)
        self._line.show_logs(self.logs)
        self._looks += 1
        if self._looks % _KEEP_EVERY == 0:
            self.keep()

    def _log(self, name: str) -> UptimeLog:
        # Kept when a room goes: who changes its camera does not begin the day again.
        return self._logs.setdefault(name, UptimeLog())


def room_words(log: UptimeLog) -> str:
    """How long a room was watched today, and how often it was not although it should have been."""
    gaps = sum(not gap.is_wanted for gap in log.gaps)
    if gaps == 0:
        words = _tr("{0}, no gap")
    elif gaps == 1:
        words = _tr("{0}, 1 gap")
    else:
        words = _tr("{0}, {1} gaps")
    return words.format(span(log.watched_s), gaps)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Health", text)
