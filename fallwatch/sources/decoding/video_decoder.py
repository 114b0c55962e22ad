"""The decoder of each network camera: the processor, or hardware until it fails.

Nobody may go unwatched for a graphics driver. Hardware decodes only codecs that were measured (see
``fallwatch bench --decoders``). When a camera that it decodes gives nothing, nothing to be seen,
or never returns, the camera is opened again as after any loss, with the processor. If that sees
something at once, hardware was at fault and is not asked again for this camera; if it does not, it
was the camera.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from fallwatch.core.message import Message
from fallwatch.core.types import Image
from fallwatch.sources.decoding.capture import Capture, Opened
from fallwatch.sources.decoding.decoder_choice import codec_named, codecs_by_hardware
from fallwatch.sources.decoding.hardware_capture import (
    Fault,
    HardwareCapture,
    WitnessCapture,
    is_flat,
)
from fallwatch.system.device_failures import DECODER_FAILURES, DeviceFailures

_log = logging.getLogger(__name__)

#: A camera that hardware decoded well for this long, and that is opened again only this long after
#: it ended, was away: nothing speaks against its decoder. Where a stream ends sooner than that, the
#: capture thread waits before it opens it again, so the pause says nothing.
_WELL_FOR_S, _AT_ONCE_S = 60.0, 5.0

#: A network stumbles, too: a stream that ends and comes back at once is held against the hardware
#: when it does so again within this time.
_AGAIN_WITHIN_S = 3600.0

#: Opens a stream with further parameters, values by ``cv2.CAP_PROP_...``.
OpenWith = Callable[[Mapping[int, int]], Opened]


@dataclass(frozen=True, slots=True)
class _Suspicion:
    """What was last seen of hardware that decoded a camera.

    Attributes:
        fault: What was wrong.
        was_well: Whether it had decoded well for long.
        at_s: When.
    """

    fault: Fault
    was_well: bool
    at_s: float

    def holds(self, now_s: float) -> bool:
        """Whether the processor is to look before hardware is asked again."""
        away = self.fault is Fault.ENDED and self.was_well and now_s - self.at_s > _AT_ONCE_S
        return not away


@dataclass(slots=True)
class _Record:
    """What is known of one camera.

    Attributes:
        captures: Those that hardware decodes.
        suspicion: Of the last, until the processor has looked.
        ended_s: When a stream ended that came back at once.
        by_processor: Whether the processor decodes it from now on.
        processor_is_next: Whether the processor opens it next time, for hardware could not.
        processor_saw_s: When the processor first saw something while hardware was stuck opening it.
    """

    captures: list[HardwareCapture] = field(default_factory=list)
    suspicion: _Suspicion | None = None
    ended_s: float | None = None
    by_processor: bool = False
    processor_is_next: bool = False
    processor_saw_s: float | None = None


class VideoDecoder:
    """How the streams of network cameras are decoded. Any thread.

    Args:
        measured: The codecs that hardware may decode.
        failures: Told when hardware fails.
        monotonic: A clock that never runs backwards.
    """

    def __init__(
        self,
        measured: Callable[[], frozenset[str]] = codecs_by_hardware,
        failures: DeviceFailures = DECODER_FAILURES,
        monotonic: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._measured, self._failures, self._monotonic = measured, failures, monotonic
        self._lock = threading.Lock()
        self._setting = "processor"
        self._codecs: frozenset[str] = frozenset()
        self._records: dict[str, _Record] = {}

    def follow(self, setting: str) -> None:
        """Decode as the settings say, from the next time on that a camera is opened.

        Args:
            setting: ``processor`` or ``auto``.
        """
        with self._lock:
            if setting == self._setting:
                return
            self._setting = setting
            self._codecs = self._measured() if setting == "auto" else frozenset()
            self._records = {}

    def open(self, camera: str, open_with: OpenWith, patience_s: float) -> Capture | None:
        """Open a stream; None if it cannot be opened.

        Args:
            camera: Its name, without user and password.
            open_with: Opens it.
            patience_s: A frame for which this long was waited does not count.
        """
        with self._lock:
            record = self._records.setdefault(camera, _Record()) if self._codecs else None
        if record is None or record.by_processor:
            return _opened(open_with({}))
        record.captures = [each for each in record.captures if not each.is_released]
        if any(each.is_stuck for each in record.captures):
            return self._open_beside_stuck(camera, record, open_with)
        record.processor_saw_s = None
        suspicion, record.suspicion = record.suspicion, None
        turn, record.processor_is_next = record.processor_is_next, False
        if turn:
            return _opened(open_with({}))
        if suspicion is not None and suspicion.holds(self._monotonic()):
            capture = _opened(open_with({}))
            compare = partial(self._compare, camera, record, suspicion.fault)
            return None if capture is None else WitnessCapture(capture, compare)
        return self._open_by_hardware(camera, record, open_with, patience_s)

    def _open_beside_stuck(
        self, camera: str, record: _Record, open_with: OpenWith
    ) -> Capture | None:
        """Let the processor open a camera in whose driver hardware is stuck.

        Where it never came to be open, that may be for want of the network, such as for a name that
        nobody answers. It was not, if hardware is still stuck long after the processor has seen
        something.
        """
        seen_s = record.processor_saw_s
        if any(each.is_stuck and each.has_opened for each in record.captures) or (
            seen_s is not None and self._monotonic() - seen_s > _AT_ONCE_S
        ):
            self._give_up(camera, record, Message("it did not answer"))
        capture = _opened(open_with({}))
        if capture is None or record.by_processor or seen_s is not None:
            return capture

        def note(image: Image) -> None:
            record.processor_saw_s = self._monotonic()

        return WitnessCapture(capture, note)

    def _open_by_hardware(
        self, camera: str, record: _Record, open_with: OpenWith, patience_s: float
    ) -> Capture | None:
        from fallwatch.sources.opencv import BY_HARDWARE, cv2, is_by_hardware

        opened_s = self._monotonic()

        def suspect(fault: Fault) -> None:
            now_s = self._monotonic()
            record.suspicion = _Suspicion(fault, now_s - opened_s > _WELL_FOR_S, now_s)

        watched = HardwareCapture(suspect, patience_s, self._monotonic)
        record.captures.append(watched)
        capture = watched.open(lambda: open_with(BY_HARDWARE))
        if not capture.isOpened():
            watched.release()
            # The camera is away, most likely; but a driver must not keep a room from being watched.
            record.processor_is_next = True
            return None
        if not is_by_hardware(capture):
            # OpenCV has taken the processor by itself.
            record.captures.remove(watched)
            self._give_up(camera, record, Message("none is to be had"))
            return capture
        codec = codec_named(capture.get(cv2.CAP_PROP_FOURCC))
        if codec not in self._codecs:
            _log.info("%s sends %s, which was not measured: the processor.", camera, codec)
            record.by_processor = True
            watched.release()
            return _opened(open_with({}))
        _log.info("%s is decoded by hardware.", camera)
        return watched

    def _compare(self, camera: str, record: _Record, fault: Fault, image: Image) -> None:
        """The processor has got an image where hardware had none."""
        if fault is Fault.FLAT:
            if not is_flat(image):
                self._give_up(camera, record, Message("its images were of one colour"))
            return
        if fault is Fault.NO_IMAGE:
            self._give_up(camera, record, Message("it gave no image"))
            return
        now_s, before_s = self._monotonic(), record.ended_s
        record.ended_s = now_s
        if before_s is not None and now_s - before_s <= _AGAIN_WITHIN_S:
            self._give_up(camera, record, Message("it stopped giving images"))
        else:
            _log.warning("%s: its images ended while hardware decoded them.", camera)

    def _give_up(self, camera: str, record: _Record, why: Message) -> None:
        if record.by_processor:
            return
        record.by_processor = True
        _log.warning("%s is decoded by the processor from now on: hardware: %s.", camera, why)
        self._failures.tell(
            Message(
                "The graphics processor decodes the video of {0} no more: {1}. The processor does "
                "it instead. Nothing is missed, but fewer rooms may be possible. Update its driver "
                "and start fallwatch again, or choose the processor as decoder in Settings > "
                "Advanced.",
                (camera, why),
            )
        )


def _opened(capture: Opened) -> Opened | None:
    if capture.isOpened():
        return capture
    capture.release()
    return None


#: The one of this process.
VIDEO_DECODER = VideoDecoder()
