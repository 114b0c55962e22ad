"""Shows the settings and carries out what was changed in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from fallwatch.alarms.channels.sound import SoundChannel
from fallwatch.core.message import Message, message_of
from fallwatch.core.protocols import AlarmChannel
from fallwatch.core.types import Alarm, AlarmState, Priority
from fallwatch.runtime.changes import OF_JUDGING, OF_MONITORS, differ
from fallwatch.settings import MessageSettings, Settings
from fallwatch.system.autostart import Autostart
from fallwatch.ui.background.background_tasks import BackgroundTasks
from fallwatch.ui.background.latest_task import LatestTask
from fallwatch.ui.background.preferences import Preferences
from fallwatch.ui.pin.pin_gate import Gate, no_gate
from fallwatch.ui.settings.notify_page import Trial
from fallwatch.ui.settings.recipient_store import RecipientStore
from fallwatch.ui.settings.settings_dialog import SettingsDialog
from fallwatch.ui.style.theme import Theme
from fallwatch.ui.text.translate import translate
from fallwatch.ui.window.main_window import MainWindow
from fallwatch.web.page_service import PageService

#: What to call with None when something worked, or with what went wrong.
Answer = Callable[[Message | None], None]


class SettingsController(QObject):
    """Opens the settings dialog.

    Signals:
        judging_changed: All rooms are to be judged otherwise from now on.
        watching_changed: Rooms have to be watched again for the change to count.
    """

    judging_changed = Signal()
    watching_changed = Signal()

    def __init__(
        self,
        window: MainWindow,
        theme: Theme,
        preferences: Preferences,
        tasks: BackgroundTasks,
        autostart: Autostart,
        trials: LatestTask,
        keeper: RecipientStore,
        make_sound: Callable[[], AlarmChannel] = SoundChannel,
        *,
        passwords: BackgroundTasks,
        gate: Gate = no_gate,
        variants: Callable[[], Sequence[str]] = tuple,
        phones: PageService | None = None,
    ) -> None:
        super().__init__(window)
        self._window, self._theme = window, theme
        self._preferences, self._tasks, self._passwords = preferences, tasks, passwords
        self._autostart, self._make_sound = autostart, make_sound
        self._trials, self._keeper = trials, keeper
        self._variants, self._phones = variants, phones
        self._sound: AlarmChannel | None = None
        window.settings_wanted.connect(lambda: gate(self.show))

    @property
    def trial(self) -> Trial:
        """How ways to tell people are tried."""
        return Trial(self._try_sound, self._try_message)

    def show(self) -> None:
        """Show the dialog."""
        self._tasks.run(self._look, lambda found: self._show(*found))

    def _look(self) -> tuple[bool, Sequence[str]]:
        """On the background thread: whether it starts by itself, and the classifiers at hand."""
        return self._autostart.is_on(), self._variants()

    def _show(self, starts_by_itself: bool, variants: Sequence[str]) -> None:
        shown = self._preferences.current
        dialog = SettingsDialog(
            self._theme,
            shown,
            starts_by_itself=starts_by_itself,
            play=lambda priority: self._play(dialog, priority),
            trial=self.trial,
            variants=variants,
            phones=self._phones,
            parent=self._window,
        )
        dialog.accepted.connect(lambda: self._take(dialog, shown, starts_by_itself))
        self._window.show_dialog(dialog)

    def _take(self, dialog: SettingsDialog, shown: Settings, started_by_itself: bool) -> None:
        before = self._preferences.current
        self._preferences.change(since=shown, **dialog.values)
        after = self._preferences.current
        self._theme.choose(after.appearance)
        if differ(before, after, OF_MONITORS):
            self.watching_changed.emit()
        elif differ(before, after, OF_JUDGING):
            self.judging_changed.emit()
        wanted = dialog.computer.start.isChecked()
        if wanted != started_by_itself:
            self._tasks.run(partial(self._autostart.set_on, wanted))

        for name in dialog.notify.removed:
            self._passwords.run(partial(self._keeper.forget, name))
        for name, address in dialog.notify.addresses.items():
            self._passwords.run(partial(self._keeper.keep, name, address), self._say_where)

    def _say_where(self, words: Message | None) -> None:
        if words is not None:
            self._window.messages.show_message("password", words)

    def _try_sound(self, answer: Answer) -> None:
        self._try(partial(self._sound_out, Priority.MEDIUM), answer)

    def _try_message(self, message: MessageSettings, address: str, answer: Answer) -> None:
        self._try(partial(self._keeper.try_out, message, address), answer)

    def _try(self, work: Callable[[], None], answer: Answer) -> None:
        def answer_now(problem: Message | None) -> None:
            # What asked may have been closed meanwhile.
            with suppress(RuntimeError):
                answer(problem)

        self._trials.run(work, lambda _: answer_now(None), answer_now)

    def _play(self, dialog: SettingsDialog, priority: Priority) -> None:
        def failed(error: BaseException) -> None:
            if isValid(dialog):  # it may have been closed meanwhile
                dialog.say(translate(message_of(error)))

        dialog.say("")
        self._tasks.run(partial(self._sound_out, priority), otherwise=failed)

    def _sound_out(self, priority: Priority) -> None:
        """On the background thread."""
        if self._sound is None:
            self._sound = self._make_sound()
        self._sound.stop()
        self._sound.deliver(Alarm("", "", "preview", priority, AlarmState.UNACKNOWLEDGED, "", 0.0))
