"""The watch over one room: from its source to the alarms about it, and to whoever looks on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path

from fallwatch.alarms.channels.quiet_hours import is_within
from fallwatch.alarms.raising import THIS_COMPUTER
from fallwatch.core.analyzer import Analyzer
from fallwatch.core.image_checks.sparse import SparseFrames
from fallwatch.core.message import Message, joined
from fallwatch.core.protocols import FrameAnalyzer
from fallwatch.core.types import Analysis, EventKind, FallEvent
from fallwatch.dispatch.event_report import RaisedEvent, raise_alarm
from fallwatch.pipeline.health.occupancy import Minute
from fallwatch.pipeline.monitor import Monitor, MonitorState, MonitorStatus
from fallwatch.recording.privacy import RoomPrivacy
from fallwatch.recording.recording_thread import Tap
from fallwatch.runtime.alarm_services import AlarmServices
from fallwatch.runtime.analyzers import (
    build_analyzer,
    judge_config,
    with_variant_at_hand,
    zones_of,
)
from fallwatch.runtime.clip_runner import analyze_clip
from fallwatch.runtime.source_choice import SourceChoice
from fallwatch.settings import CameraSettings, Settings
from fallwatch.sources.decoding.video_decoder import VIDEO_DECODER

#: Settings that other models are loaded for.
OF_MODELS = ("variant", "max_people", "inference_device")

#: Kind of the technical alarm that rooms are watched with another classifier than was chosen.
VARIANT_MISSING = "variant_missing"


class RoomWatch:
    """Watches one room with the settings as they are now: its zones, privacy and sensitivity.

    Events and faults go straight to the alarm dispatcher, whoever looks on. What is handed to
    those who look on shows of people only what the room's privacy lets be seen. Their callbacks
    run on the threads of the monitor and must return at once.

    Attributes:
        choice: What is watched.
        duration_s: Length of a clip in seconds, once `run_through` has opened it; else None.

    Args:
        choice: What is watched.
        settings: Variant, sensitivity, times and frame rate.
        services: Record, raise and send alarms; they outlive the watch.
        weights_dir: Where the classifier variants lie; the bundled ones by default.
        on_analysis: Called with each analysis.
        on_event: Called with each event, after its alarm is recorded.
        on_status: Called when the state or its words change, and about once a second.
        records_clips: Whether snapshots of a clip that ends are kept, too.
        make_analyzer: Loads the models, instead of those of the settings.
    """

    def __init__(
        self,
        choice: SourceChoice,
        settings: Settings,
        services: AlarmServices,
        *,
        weights_dir: Path | None = None,
        on_analysis: Callable[[Analysis], None] = lambda analysis: None,
        on_event: Callable[[RaisedEvent], None] = lambda raised: None,
        on_status: Callable[[MonitorStatus], None] = lambda status: None,
        records_clips: bool = True,
        make_analyzer: Callable[[], FrameAnalyzer] | None = None,
    ) -> None:
        self.choice = choice
        self.duration_s: float | None = None
        self._settings, self._services, self._weights_dir = settings, services, weights_dir
        self._tell_analysis, self._tell_event, self._tell_status = on_analysis, on_event, on_status
        self._make_analyzer = make_analyzer or self._build_analyzer
        self._is_guarded = False
        self._privacy = _privacy_of(choice)
        self._tap = self._new_tap() if records_clips or not choice.ends else None
        self._frames = SparseFrames()

    @property
    def status(self) -> MonitorStatus:
        """What the watch is doing at this moment. Any thread may ask."""
        return self._monitor.status

    @property
    def warning(self) -> Message:
        """What makes the verdict on a clip doubtful, as far as it was analysed; mostly nothing."""
        return self._frames.warning(self.choice.name)

    def start(self) -> None:
        """Begin to watch on threads of its own; a clip plays at its own speed."""
        if not self.choice.ends:
            self._services.sleep_guard.begin(self.choice.name, self._reopen)
            self._services.room_locks.claim(self.choice.name)
            self._services.live_views.begin(self.choice.name, self._privacy.mode)
            self._services.visits.resume(self.choice.name)
            self._is_guarded = True
        self._frames = SparseFrames()
        VIDEO_DECODER.follow(self._settings.decoder)
        self._monitor.start()

    def rejudge(self, choice: SourceChoice, settings: Settings) -> None:
        """Judge with other settings from the next frame on; the camera stays open.

        Args:
            choice: The same source, perhaps with other zones or another sensitivity.
            settings: What holds now. Frames per second count from the next start on.
        """
        known, before = self.choice.camera, self._settings
        self.choice, self._settings = choice, settings
        if known is not None and _places_of(known) != _places_of(choice.camera):
            # In another bed nobody counts as seen empty: what is empty is learnt anew.
            self._privacy = _privacy_of(choice)
        if any(getattr(before, key) != getattr(settings, key) for key in OF_MODELS):
            self._monitor.change_analyzer(lambda _: self._make_analyzer(), loads=True)
        else:
            self._monitor.change_analyzer(self._with_limits)

    def stop(self, timeout_s: float = 2.0) -> list[str]:
        """Stop watching; fault alarms of the room stay open. Safe to call twice.

        Returns:
            Names of threads that did not stop in time, mostly in a driver that hangs.
        """
        left = self._monitor.stop(timeout_s)
        if self._is_guarded:
            self._is_guarded = False
            self._services.sleep_guard.end(self.choice.name, self._reopen)
            self._services.room_locks.release(self.choice.name)
            self._services.room_states.end(self.choice.name)
            self._services.live_views.end(self.choice.name)
        return left

    def run_through(self, stop: threading.Event) -> None:
        """Analyse a clip on the caller's thread, as fast as it can, until its end or ``stop``.

        Raises:
            fallwatch.core.protocols.SourceError: The clip cannot be read, or ends early; what
                came before has been reported.
        """
        source = self.choice.make_source(self._services.passwords, realtime=False)
        source.open()  # before the models: a wrong name is said at once
        self.duration_s = source.duration_s
        with closing(self._make_analyzer()) as analyzer:
            for analysis in analyze_clip(source, analyzer, self._settings.analysis_fps):
                if stop.is_set():
                    return
                for event in analysis.events:
                    self._on_event(event, analysis)
                self._on_analysis(analysis)

    @cached_property
    def _monitor(self) -> Monitor:
        return Monitor(
            lambda: self.choice.make_source(self._services.passwords),
            self._make_analyzer,
            on_analysis=self._on_analysis,
            on_event=self._on_event,
            on_status=self._on_status,
            max_fps=self._settings.analysis_fps,
        )

    def _reopen(self) -> None:
        self._monitor.reopen()

    def _build_analyzer(self) -> FrameAnalyzer:
        camera = self.choice.camera
        zones = () if camera is None else zones_of(camera)
        settings = self._settings if self.choice.ends else self._with_variant_at_hand()
        return build_analyzer(self.choice.name, settings, self._weights_dir, zones, camera)

    def _with_variant_at_hand(self) -> Settings:
        """A room is watched with another classifier rather than not at all."""
        settings, problem = with_variant_at_hand(self._settings, self._weights_dir)
        if problem is None:
            self._services.dispatcher.clear_technical(THIS_COMPUTER, VARIANT_MISSING)
        else:
            self._services.dispatcher.raise_technical(THIS_COMPUTER, VARIANT_MISSING, problem)
        return settings

    def _with_limits(self, analyzer: FrameAnalyzer) -> FrameAnalyzer:
        if not isinstance(analyzer, Analyzer):
            return self._make_analyzer()
        camera = self.choice.camera
        zones = () if camera is None else zones_of(camera)
        analyzer.follow(judge_config(self._settings, zones, camera))
        return analyzer

    def _new_tap(self) -> Tap:
        return self._services.recording.tap(
            render=lambda analysis: self._privacy.render(analysis),
            # A file that stands for a camera is played over and over: its time is not the clip's.
            source_clip=Path(self.choice.text) if self.choice.ends else None,
        )

    def _on_analysis(self, analysis: Analysis) -> None:
        if self.choice.ends:
            self._frames.see(analysis.frame.timestamp_s)
        # Here, on the analysis thread: what must not be seen never reaches those who look on.
        self._privacy.see(analysis)
        if self._tap is not None:
            self._tap.see(analysis)
        self._see_visit(analysis)
        private = self._privacy.private(analysis)
        if not self.choice.ends:
            self._services.live_views.see(self.choice.name, private)
        self._tell_analysis(private)

    def _see_visit(self, analysis: Analysis) -> None:
        """While a carer is in the room, the minutes count as paused."""
        room, services = self.choice.name, self._services
        if not self.choice.ends:
            services.visits.see(room, analysis)
        if self.choice.is_clip:
            return
        if services.visits.left_s(room) > 0:
            services.occupancy.see(room, Minute.PAUSED)
        else:
            services.occupancy.see_analysis(room, analysis)

    def _on_event(self, event: FallEvent, analysis: Analysis) -> None:
        self._privacy.see(analysis)
        if not self._is_wanted(event, analysis):
            return
        room, visits = self.choice.name, self._services.visits
        if not self.choice.ends and visits.left_s(room) > 0:
            # What may be seen is settled now: later the room's privacy knows other images.
            held = partial(self._raise, event, analysis, self._privacy.private(analysis))
            if visits.hold(room, event, held):
                return
        self._raise(event, analysis)

    def _is_wanted(self, event: FallEvent, analysis: Analysis) -> bool:
        """A notice has its hours: what counts is when they got up."""
        zones = () if self.choice.camera is None else zones_of(self.choice.camera)
        if event.zone is None or event.zone >= len(zones):
            return event.zone is None
        frame = analysis.frame
        began_s = frame.captured_unix_s - (frame.timestamp_s - event.started_s)
        began = datetime.fromtimestamp(began_s).astimezone()
        return is_within(zones[event.zone].exit_hours, began)

    def _raise(self, event: FallEvent, analysis: Analysis, private: Analysis | None = None) -> None:
        alarm = raise_alarm(
            self._services.dispatcher, event, analysis, from_clip=self.choice.is_clip
        )
        if self._tap is not None and event.kind is not EventKind.RECOVERED:
            self._tap.event(alarm.event_id, analysis)
        private = private or self._privacy.private(analysis)
        self._tell_event(RaisedEvent(event, alarm, private))

    def _on_status(self, status: MonitorStatus) -> None:
        if not self.choice.is_clip:
            self._services.on_status(status)
        elif not self.choice.ends:
            # A file that stands for a camera has no faults to tell, but other programs may ask.
            self._services.room_states.see(status)
        warning = self.warning
        if warning and status.state is MonitorState.FINISHED:
            status = replace(status, message=joined((status.message, warning)))
        self._services.live_views.on_status(status)
        self._tell_status(status)


def _places_of(camera: CameraSettings | None) -> list[tuple[object, ...]]:
    """Where the zones are, whatever else is set of them."""
    return [] if camera is None else [(zone.kind, zone.corners_norm) for zone in camera.zones]


def _privacy_of(choice: SourceChoice) -> RoomPrivacy:
    camera = choice.camera
    return RoomPrivacy("off") if camera is None else RoomPrivacy(camera.privacy, zones_of(camera))
