"""Routes by which a phone switches its notifications on and off, and tries them."""

from __future__ import annotations

import logging
import threading

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from fallwatch.core.message import Message
from fallwatch.core.protocols import ChannelError
from fallwatch.web.access.devices import Device, Devices
from fallwatch.web.access.subscription import Subscription, subscription_of
from fallwatch.web.push.push_recipients import PushRecipients
from fallwatch.web.request import Refused, body_of, language_of
from fallwatch.web.translations import INSTALL

_log = logging.getLogger(__name__)


class PushRoutes:
    """Each is for the device that asks, whatever else it may do.

    Args:
        recipients: Who is notified, and how.
        devices: Keep the subscriptions.
    """

    def __init__(self, recipients: PushRecipients, devices: Devices) -> None:
        self._recipients, self._devices = recipients, devices
        # A push service may take its time, and threads are few.
        self._trying = threading.Lock()

    def get(self, request: Request, device: Device) -> Response:
        """This computer's public key, and whether the device is notified."""
        try:
            key = self._recipients.key.public()
        except ModuleNotFoundError as error:
            raise Refused(503, INSTALL) from error
        except OSError as error:
            words = Message("The key for notifications cannot be kept: {0}", (str(error),))
            raise Refused(503, words) from error
        return JSONResponse({"key": key, "is_on": device.push is not None})

    async def set(self, request: Request, device: Device) -> Response:
        """Have the device notified as it says, or no more."""
        data = (await body_of(request)).get("subscription")
        try:
            push = None if data is None else subscription_of(data, language_of(request))
        except ValueError as error:
            words = Message("This browser's push service cannot be used: {0}", (str(error),))
            raise Refused(400, words) from error
        return await run_in_threadpool(self._set, device, push)

    def _set(self, device: Device, push: Subscription | None) -> Response:
        try:
            self._devices.subscribe(device.device_id, push)
        except OSError as error:
            words = Message("This cannot be saved: {0}", (str(error),))
            raise Refused(503, words) from error
        _log.info("%s is%s notified.", device.name, "" if push else " no longer")
        return JSONResponse({})

    def send_trial(self, request: Request, device: Device) -> Response:
        """Send the device a notification that says that nothing has happened."""
        if not self._trying.acquire(blocking=False):
            raise Refused(429, Message("A test is being sent already."))
        try:
            self._recipients.send_trial(device)
        except ChannelError as error:
            raise Refused(502, error.message) from error
        finally:
            self._trying.release()
        return JSONResponse({})
