"""The row of controls at the top: what to watch, pause and sound."""

from __future__ import annotations

import math
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from fallwatch.ui.style.folding_button import FoldingButton, fold_to_fit
from fallwatch.ui.style.icons import set_button_icon
from fallwatch.ui.style.theme import Theme
from fallwatch.ui.text.times import clip_clock

#: For how many minutes all alarms may be without sound.
MUTE_MIN = (2, 5, 10, 15)


class ControlBar(QWidget):
    """Buttons of which some fold to their icons where there is too little place.

    Signals:
        clip_wanted: Somebody wants to open a clip.
        camera_wanted: Somebody wants to add a camera.
        toggled: Start, Pause or Stop was pressed; True to start.
        settings_wanted: Somebody wants to see the settings.
        kiosk_left: Somebody wants to leave full screen.
        muted: Somebody wants no alarm sound for so many minutes; 0: sound again.
    """

    clip_wanted = Signal()
    camera_wanted = Signal()
    toggled = Signal(bool)
    settings_wanted = Signal()
    kiosk_left = Signal()
    muted = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._active = self._pauses = False
        self.clip = FoldingButton(self.tr("Open clip…"))
        self.clip.setToolTip(self.tr("Analyse a recorded video (Ctrl+O)"))
        self.camera = FoldingButton(self.tr("Add camera…"))
        self.camera.setToolTip(self.tr("Watch a room with a webcam or a network camera (Ctrl+K)"))
        self.start_stop = FoldingButton()
        self.settings = FoldingButton(self.tr("Settings…"))
        self.settings.setToolTip(self.tr("Times, sounds, quiet hours and more (Ctrl+,)"))
        self.settings.clicked.connect(self.settings_wanted)
        # A screen on the wall may have no keys.
        self.leave_kiosk = FoldingButton(self.tr("Leave full screen"))
        self.leave_kiosk.setToolTip(self.tr("Back to a window with menus (F11)"))
        self.leave_kiosk.clicked.connect(self.kiosk_left)
        self.leave_kiosk.hide()
        self._is_muted = False
        self.mute, self._sound_on = self._mute_button()
        self.clip.clicked.connect(self.clip_wanted)
        self.camera.clicked.connect(self.camera_wanted)
        self.start_stop.clicked.connect(lambda: self.toggled.emit(not self._active))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        for widget in self._buttons[:-1]:
            layout.addWidget(widget)
        layout.addStretch(1)
        layout.addWidget(self.leave_kiosk)
        theme.changed.connect(self._colour)
        # In a narrow window the buttons give way, not the window.
        self.setMinimumWidth(320)
        self._show_start_stop(possible=False)

    def set_active(self, active: bool, *, possible: bool = True, pauses: bool = False) -> None:
        """Offer what can be done: pause rooms, stop a clip, or start what there is.

        Args:
            active: Whether something is watched.
            possible: Whether there is anything to start or stop.
            pauses: Whether it is rooms, which are only ever paused.
        """
        wanted = (active, possible, pauses)
        if wanted == (self._active, self.start_stop.isEnabled(), self._pauses):
            return
        self._active, self._pauses = active, pauses
        self._show_start_stop(possible=possible)

    def show_kiosk(self, shown: bool) -> None:
        """Offer to leave full screen, where there are no menus."""
        self.leave_kiosk.setVisible(shown)
        self._fold()

    @property
    def _buttons(self) -> tuple[FoldingButton, ...]:
        most = (self.camera, self.clip, self.start_stop, self.mute, self.settings)
        return (*most, self.leave_kiosk)

    def show_mute(self, left_s: float) -> None:
        """Show for how long no alarm sounds; 0 if they do."""
        self._sound_on.setVisible(left_s > 0)
        words = self.tr("Mute…")
        if left_s > 0:
            words = self.tr("No sound for {0}").format(clip_clock(math.ceil(left_s)))
        if words != self.mute.words:
            self.mute.set_words(words)
            self._fold()
        if (left_s > 0) != self._is_muted:
            self._is_muted = left_s > 0
            self._colour()

    def _mute_button(self) -> tuple[FoldingButton, QAction]:
        """Nobody can mute without saying for how long."""
        button = FoldingButton(self.tr("Mute…"))
        button.setToolTip(self.tr("No alarm sound for a while; alarms are shown all the same"))
        menu = QMenu(button)
        for minutes in MUTE_MIN:
            action = menu.addAction(self.tr("For {0} minutes").format(minutes))
            action.triggered.connect(partial(self._wish_silence, minutes))
        sound_on = menu.addAction(self.tr("Sound on again"))
        sound_on.triggered.connect(partial(self._wish_silence, 0))
        sound_on.setVisible(False)
        button.setMenu(menu)
        return button, sound_on

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fold()

    def _fold(self) -> None:
        layout = self.layout()
        if layout is None:
            return
        shown = (each.sizeHint().width() for each in self._buttons if not each.isHidden())
        others = layout.minimumSize().width() - sum(shown)
        # The words that are missed least are the first to go.
        order = (self.settings, self.clip, self.mute, self.camera, self.leave_kiosk)
        fold_to_fit((*order, self.start_stop), self.width() - others)

    def _wish_silence(self, minutes: int) -> None:
        self.muted.emit(minutes)

    def _show_start_stop(self, *, possible: bool) -> None:
        words, explained = self.tr("Start"), self.tr("Start watching (Ctrl+T)")
        if self._active and self._pauses:
            words = self.tr("Pause watching…")
            explained = self.tr("Not watch some rooms for a while; it ends by itself (Ctrl+T)")
        elif self._active:
            words, explained = self.tr("Stop"), self.tr("Stop the clip (Ctrl+T)")
        self.start_stop.set_words(words)
        self.start_stop.setToolTip(explained)
        self._fold()
        self.start_stop.setEnabled(possible)
        self._colour()

    def _colour(self) -> None:
        ink = self._theme.palette.surface.ink
        set_button_icon(self.clip, "open-clip", ink)
        set_button_icon(self.settings, "settings", ink)
        set_button_icon(self.leave_kiosk, "leave-full-screen", ink)
        set_button_icon(self.mute, "sound-off" if self._is_muted else "sound-on", ink)
        set_button_icon(self.camera, "open-camera", ink)
        doing = "start"
        if self._active:
            doing = "pause" if self._pauses else "stop"
        set_button_icon(self.start_stop, doing, ink)
