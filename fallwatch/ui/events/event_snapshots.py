"""Small snapshots of events for the list, read from disk elsewhere and kept for a while."""

from __future__ import annotations

from collections import OrderedDict
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QImage, QImageReader

from fallwatch.recording.media import MediaFolder
from fallwatch.ui.background.background_tasks import BackgroundTasks

#: Twice what a row shows, for screens with many pixels.
SIZE = QSize(160, 120)

#: More than the rows of a tall screen: what is seen must not push itself out.
_MAX_KEPT = 100


class EventSnapshots(QObject):
    """Gives small snapshots of events; what is not there yet comes later.

    Signals:
        loaded: Id of an event whose snapshot is there now.
    """

    loaded = Signal(str)

    def __init__(
        self, media: MediaFolder, tasks: BackgroundTasks, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._media, self._tasks = media, tasks
        self._kept: OrderedDict[str, QImage] = OrderedDict()
        # Asked for already; the answer may have been that there is none.
        self._asked: set[str] = set()

    def get(self, event_id: str) -> QImage | None:
        """The snapshot; None if there is none, or not yet. Never waits."""
        image = self._kept.get(event_id)
        if image is not None:
            self._kept.move_to_end(event_id)
        elif event_id not in self._asked:
            self._asked.add(event_id)
            path = self._media.snapshot(event_id)
            self._tasks.run(partial(_read_small, path), partial(self._keep, event_id))
        return image

    def look_again(self) -> None:
        """Snapshots that were not there may be by now."""
        self._asked.clear()

    def _keep(self, event_id: str, image: QImage | None) -> None:
        if image is None:
            return
        self._kept[event_id] = image
        while len(self._kept) > _MAX_KEPT:
            gone, _ = self._kept.popitem(last=False)
            self._asked.discard(gone)
        self.loaded.emit(event_id)


def _read_small(path: Path) -> QImage | None:
    """Read a snapshot at about the size that is shown: an eighth of the work."""
    if not path.exists():
        return None
    reader = QImageReader(str(path))
    size = reader.size().scaled(SIZE, Qt.AspectRatioMode.KeepAspectRatio)
    if size.isValid():
        reader.setScaledSize(size)
    image = reader.read()
    return None if image.isNull() else image
