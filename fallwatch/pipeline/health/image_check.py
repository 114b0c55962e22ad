"""The image check: not frozen, not dark or covered, not moved."""

from __future__ import annotations

from fallwatch.core.image_checks.blocked import Blindness, BlockedImage
from fallwatch.core.image_checks.frozen import FROZEN_AFTER_S, FrozenImage
from fallwatch.core.image_checks.luma_thumbnail import sight
from fallwatch.core.image_checks.moved import MovedCamera
from fallwatch.core.message import Message
from fallwatch.core.types import Frame
from fallwatch.pipeline.health.faults import CAMERA_BLOCKED, CAMERA_FROZEN, CAMERA_MOVED
from fallwatch.pipeline.health.status import Fault

_LOOK_EVERY_S = 0.5


class ImageCheck:
    """Looks at one image in half a second, and tells what is wrong with them in words.

    One thread feeds it; any may read `faults`.

    Args:
        camera: Its name, for the words.
    """

    def __init__(self, camera: str) -> None:
        self._camera = camera
        self._frozen = FrozenImage()
        self._blocked = BlockedImage()
        self._moved = MovedCamera()
        self._looked_s = float("-inf")
        self._faults: tuple[Fault, ...] = ()

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What is wrong with the newest images; at most one thing, the first that explains it."""
        return self._faults

    def look(self, frame: Frame) -> None:
        """Take a frame in; those that come too soon after another are passed over."""
        now_s = frame.timestamp_s
        if now_s - self._looked_s < _LOOK_EVERY_S:
            return
        self._looked_s = now_s
        seen = sight(frame.image_bgr)
        frozen = self._frozen.update(seen, now_s)
        blind = self._blocked.update(seen, now_s)
        # An image that shows nothing, or an old one, says nothing of where the camera looks.
        moved = not (frozen or blind) and self._moved.update(seen, now_s)
        self._faults = self._explain(blind, frozen=frozen, moved=moved)

    def _explain(self, blind: Blindness | None, *, frozen: bool, moved: bool) -> tuple[Fault, ...]:
        camera = self._camera
        if blind is Blindness.DARK:
            words = Message(
                "{0} is too dark to see anybody. Switch a light on, or use a camera that sees "
                "in the dark.",
                (camera,),
            )
            return (Fault(CAMERA_BLOCKED, words),)
        if blind is Blindness.COVERED:
            words = Message(
                "{0} shows nothing but an even surface. Check that nothing covers its lens and "
                "that it is clean.",
                (camera,),
            )
            return (Fault(CAMERA_BLOCKED, words),)
        if frozen:
            words = Message(
                "{0} has sent the same image for more than {1} seconds. Nobody who falls "
                "there is seen. Switch the camera off and on again.",
                (camera, f"{FROZEN_AFTER_S:.0f}"),
            )
            return (Fault(CAMERA_FROZEN, words),)
        if moved:
            words = Message(
                "{0} looks somewhere else than before, or something stands before it. Turn it "
                "back, or draw its zones again.",
                (camera,),
            )
            return (Fault(CAMERA_MOVED, words),)
        return ()
