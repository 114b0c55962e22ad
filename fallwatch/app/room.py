"""Makes the monitor of a room: where its pictures, its events and its state go."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from fallwatch.app.window_services import WindowServices
from fallwatch.core.protocols import FrameSource
from fallwatch.core.types import Analysis, EventKind, FallEvent
from fallwatch.dispatch.event_report import started_unix_s
from fallwatch.pipeline.monitor import Monitor, MonitorStatus
from fallwatch.recording.privacy import PrivacyMode, apply_privacy, private
from fallwatch.runtime.analyzers import build_analyzer, zones_of
from fallwatch.sources.camera_source import addressed_source, camera_source
from fallwatch.ui.rooms.source_choice import SourceChoice


class Watching:
    """Joins monitors to what works behind the window.

    Args:
        back: Records and tells.
        on_event: Called on the window's thread with the id of an event and the picture of its
            moment, as it may be seen.
    """

    def __init__(self, back: WindowServices, on_event: Callable[[str, Analysis], None]) -> None:
        self._back, self._tell_event = back, on_event

    def make_monitor(
        self,
        choice: SourceChoice,
        on_analysis: Callable[[Analysis], None],
        on_status: Callable[[MonitorStatus], None],
    ) -> Monitor:
        """A monitor with the settings as they are now; not yet started."""
        back, settings = self._back, self._back.preferences.current
        camera = choice.camera
        zones = zones_of(camera) if camera is not None else ()
        mode: PrivacyMode = "off" if camera is None else camera.privacy
        tap = back.recording.tap(
            render=lambda analysis: apply_privacy(analysis, mode),
            # A file that stands for a camera is played over and over: its time is not the clip's.
            source_clip=Path(choice.text) if choice.ends else None,
        )

        def see(analysis: Analysis) -> None:
            tap.see(analysis)
            # Here, on the analysis thread: what must not be seen never reaches the window.
            on_analysis(private(analysis, mode))

        def tell(status: MonitorStatus) -> None:
            if not choice.is_clip:
                back.notifications.on_status(status)
            on_status(status)

        def on_event(event: FallEvent, analysis: Analysis) -> None:
            alarm = back.dispatcher.raise_event(
                event,
                started_unix_s=started_unix_s(event, analysis),
                from_clip=choice.is_clip,
            )
            if event.kind is not EventKind.RECOVERED:
                tap.event(alarm.event_id, analysis)
            shown = private(analysis, mode)
            back.bridge.post(partial(self._tell_event, alarm.event_id, shown))

        return Monitor(
            lambda: self._make_source(choice),
            lambda: build_analyzer(choice.name, settings, back.weights_dir, zones),
            on_analysis=see,
            on_event=on_event,
            on_status=tell,
            max_fps=settings.analysis_fps,
        )

    def _make_source(self, choice: SourceChoice) -> FrameSource:
        if choice.camera is not None:
            return camera_source(choice.camera, self._back.passwords)
        return addressed_source(choice.text, self._back.passwords, realtime=True)
