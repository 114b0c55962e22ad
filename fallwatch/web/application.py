"""The application behind the page: its routes, and who may call which."""

from __future__ import annotations

import asyncio
import inspect
import json
import logging
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from fallwatch.core.message import NO_MESSAGE, Message
from fallwatch.core.moments import parse_utc
from fallwatch.dispatch.answer_links import LINK_PATH
from fallwatch.events.store import StoreError
from fallwatch.runtime.alarm_services import AlarmServices
from fallwatch.runtime.visits.care_visits import ended_by
from fallwatch.web.access.devices import ROLES, Device, Devices, Role
from fallwatch.web.access.guard import Guard
from fallwatch.web.access.pairing import Pairing
from fallwatch.web.live_frames import LiveFrames
from fallwatch.web.push.push_recipients import PushRecipients
from fallwatch.web.push.push_routes import PushRoutes
from fallwatch.web.request import Refused, body_of, client_of, language_of, number_in
from fallwatch.web.shared_state import SharedState
from fallwatch.web.state import PageState
from fallwatch.web.translations import say_in

_log = logging.getLogger(__name__)

PAGE_DIR = Path(__file__).parent / "page"

#: Name of the cookie with a device's secret.
COOKIE = "fallwatch"
_COOKIE_S = 400 * 24 * 3600  # the longest that browsers keep one

#: How often the state is looked at for those who follow it, and told that nothing changed.
_LOOK_S = 0.4
_BEAT_S = 2.0

#: Snoozes of a room's sound, in minutes; 0 ends one.
_MAX_SNOOZE_MIN = 240

_MAX_DAYS = 90

_FALSE_ALARM = Message("false alarm")  # as `fallwatch.alarms.lifecycle.FALSE_ALARM`

#: Files that stand at the root, by their paths: the worker must, to watch over the whole page.
_ROOT_FILES = {
    "/pair": "pair.html",
    "/offline": "offline.html",
    "/manifest.webmanifest": "manifest.webmanifest",
    "/service-worker.js": "service-worker.js",
}


@dataclass(frozen=True, slots=True)
class PageParts:
    """What the routes work with.

    Attributes:
        services: Of the window or the headless watcher.
        state: Looks at them.
        frames: Live images.
        devices: Who is let in.
        pairing: How.
        push: Who is notified, and how.
        secure: Whether the page is encrypted, so that its cookie travels no other way.
    """

    services: AlarmServices
    state: PageState
    frames: LiveFrames
    devices: Devices
    pairing: Pairing
    push: PushRecipients
    secure: bool = False


Handler = Callable[[Request, Device], Any]


def make_application(
    parts: PageParts,
    own_names: Callable[[], Iterable[str]],
    more_routes: Iterable[BaseRoute] = (),
) -> ASGIApp:
    """The application.

    Args:
        parts: What it works with.
        own_names: Names under which this computer is called.
        more_routes: Such as those of the "Acknowledge" links.
    """
    page, push = _Page(parts), PushRoutes(parts.push, parts.devices)
    routes: list[BaseRoute] = [
        Route("/", _file("index.html")),
        *(Route(path, _file(name)) for path, name in _ROOT_FILES.items()),
        Mount("/static", StaticFiles(directory=PAGE_DIR)),
        Route("/api/pair", page.pair, methods=["POST"]),
        Route("/api/sign-out", page.needs("look", page.sign_out), methods=["POST"]),
        Route("/api/state", page.needs("look", page.get_state)),
        Route("/api/stream", page.stream),
        Route("/api/frame", page.needs("look", page.frame)),
        Route("/api/events", page.needs("look", page.events)),
        Route("/api/events/{event_id}/snapshot", page.needs("look", page.snapshot)),
        Route("/api/events/{event_id}/clip", page.needs("look", page.clip)),
        Route(
            "/api/alarms/{event_id}/acknowledge",
            page.needs("acknowledge", page.acknowledge),
            methods=["POST"],
        ),
        Route("/api/snooze", page.needs("acknowledge", page.snooze), methods=["POST"]),
        Route("/api/visit", page.needs("acknowledge", page.visit), methods=["POST"]),
        Route("/api/push", page.needs("look", push.get)),
        Route("/api/push", page.needs("look", push.set), methods=["POST"]),
        Route("/api/push/test", page.needs("look", push.send_trial), methods=["POST"]),
        Route("/api/devices", page.needs("administer", page.list_devices)),
        Route("/api/devices", page.needs("administer", page.begin_pairing), methods=["POST"]),
        Route(
            "/api/devices/{device_id}/revoke",
            page.needs("administer", page.revoke),
            methods=["POST"],
        ),
        *more_routes,
    ]
    handlers: Any = {Refused: _refuse, StoreError: _record_fails}
    return Guard(Starlette(routes=routes, exception_handlers=handlers), own_names, (LINK_PATH,))


class _Page:
    """The routes. Those that wait for the disk are plain functions, and get threads."""

    def __init__(self, parts: PageParts) -> None:
        self._parts = parts
        self._state = SharedState(parts.state, lambda: parts.services.dispatcher.open_alarms)

    def needs(self, role: Role, handler: Handler) -> Callable[[Request], Any]:
        """A route for devices that may do what this role may."""

        def route(request: Request) -> Any:
            return handler(request, self._device(request, role))

        async def async_route(request: Request) -> Any:
            device = await run_in_threadpool(self._device, request, role)
            return await handler(request, device)

        return async_route if inspect.iscoroutinefunction(handler) else route

    def _device(self, request: Request, role: Role) -> Device:
        secret = request.cookies.get(COOKIE)
        device = self._parts.devices.find(secret) if secret else None
        if device is None:
            raise Refused(401, Message("This device is not paired."))
        if not device.may(role):
            raise Refused(403, Message("This device may not do that."))
        return device

    async def pair(self, request: Request) -> Response:
        body = await body_of(request)
        client, pairing = client_of(request), self._parts.pairing
        role = pairing.redeem(str(body.get("code", "")).strip(), client)
        if role is None:
            _log.warning("A wrong pairing code, from %s.", client)
            if pairing.is_locked():
                raise Refused(429, Message("Too many wrong codes. Nobody is let in for an hour."))
            if pairing.is_locked(client):
                raise Refused(
                    429, Message("Too many wrong codes. This device is not let in for an hour.")
                )
            raise Refused(403, Message("This code is wrong or no longer valid. Ask for a new one."))
        name = str(body.get("device", ""))
        try:
            device, secret = await run_in_threadpool(self._parts.devices.add, name, role)
        except (OSError, ValueError) as error:
            words = Message("The device cannot be added: {0}", (str(error),))
            raise Refused(503, words) from error
        _log.info("%s was paired as %s.", device.name, device.role)
        response = JSONResponse({"device": device.name, "role": device.role})
        response.set_cookie(
            COOKIE,
            secret,
            max_age=_COOKIE_S,
            httponly=True,
            samesite="strict",
            secure=self._parts.secure,
        )
        return response

    def sign_out(self, request: Request, device: Device) -> Response:
        self._revoke(device.device_id)
        response = JSONResponse({})
        response.delete_cookie(COOKIE)
        return response

    def get_state(self, request: Request, device: Device) -> Response:
        state = self._parts.state.now(language_of(request))
        return JSONResponse(state | _own(device))

    async def stream(self, request: Request) -> Response:
        await run_in_threadpool(self._device, request, "look")
        return StreamingResponse(self._told(request), media_type="text/event-stream")

    async def _told(self, request: Request) -> AsyncIterator[str]:
        """The state whenever it changes, and that the server lives; until the device is out."""
        before, quiet_s = -1, 0.0
        while True:
            try:
                device, number, state = await run_in_threadpool(self._look, request)
            except Refused:
                yield "event: out\ndata: {}\n\n"
                return
            if number != before:
                before, quiet_s = number, 0.0
                yield f"event: state\ndata: {_for_device(state, device)}\n\n"
            elif quiet_s >= _BEAT_S:
                quiet_s = 0.0
                yield "event: beat\ndata: {}\n\n"
            await asyncio.sleep(_LOOK_S)
            quiet_s += _LOOK_S

    def _look(self, request: Request) -> tuple[Device, int, str]:
        device = self._device(request, "look")
        return device, *self._state.now(language_of(request))

    def frame(self, request: Request, device: Device) -> Response:
        newest = self._parts.frames.newest(request.query_params.get("room", ""))
        if newest is None:
            raise Refused(404, Message("This room has no image."))
        if request.query_params.get("after") == str(newest.number):
            return Response(status_code=204)
        age_s = self._parts.services.live_views.monotonic() - newest.analysed_s
        headers = {
            "X-Frame-Number": str(newest.number),
            "X-Frame-Age-Ms": str(max(0, round(1000 * age_s))),
        }
        return Response(newest.jpeg, media_type="image/jpeg", headers=headers)

    def events(self, request: Request, device: Device) -> Response:
        days = number_in(request.query_params.get("days", "7"), 1, _MAX_DAYS)
        before = request.query_params.get("before")
        if before is not None:
            try:
                parse_utc(before)
            except (ValueError, OverflowError) as error:
                raise Refused(400, Message("That is not a time.")) from error
        return JSONResponse(
            {"events": self._parts.state.events(language_of(request), days, before)}
        )

    def snapshot(self, request: Request, device: Device) -> Response:
        return self._media(request, self._parts.services.media.snapshot, "image/jpeg")

    def clip(self, request: Request, device: Device) -> Response:
        return self._media(request, self._parts.services.media.clip, "video/mp4")

    def _media(self, request: Request, path_of: Callable[[str], Path], kind: str) -> Response:
        event_id = request.path_params["event_id"]
        try:
            path = path_of(event_id)
        except ValueError as error:
            raise Refused(404, Message("There is no such event.")) from error
        if self._parts.services.store.get(event_id) is None or not path.is_file():
            raise Refused(404, Message("Of this event nothing is kept."))
        return FileResponse(path, media_type=kind)

    async def acknowledge(self, request: Request, device: Device) -> Response:
        false_alarm = (await body_of(request)).get("false_alarm") is True
        return await run_in_threadpool(self._acknowledge, request, device, false_alarm)

    def _acknowledge(self, request: Request, device: Device, false_alarm: bool) -> Response:
        services, event_id = self._parts.services, request.path_params["event_id"]
        if not any(each.event_id == event_id for each in services.dispatcher.open_alarms):
            raise Refused(404, Message("This alarm is over."))
        outcome = _FALSE_ALARM if false_alarm else NO_MESSAGE
        services.dispatcher.acknowledge(event_id, device.name, outcome, client_of(request))
        now = next((a for a in services.dispatcher.open_alarms if a.event_id == event_id), None)
        by = device.name if now is None else now.acknowledged_by
        return JSONResponse({"acknowledged_by": by})

    async def snooze(self, request: Request, device: Device) -> Response:
        body = await body_of(request)
        minutes = number_in(str(body.get("minutes")), 0, _MAX_SNOOZE_MIN)
        room = str(body.get("room", ""))
        services = self._parts.services
        if services.live_views.of(room) is None:
            raise Refused(404, Message("There is no such room."))
        if minutes:
            services.snooze.begin(room, 60.0 * minutes)
        else:
            services.snooze.end(room)
        _log.info("%s snoozed %s for %d min.", device.name, room, minutes)
        return JSONResponse({})

    async def visit(self, request: Request, device: Device) -> Response:
        """A carer is in a room (``here`` true), or has left it (false)."""
        body = await body_of(request)
        room, here = str(body.get("room", "")), body.get("here")
        services = self._parts.services
        if services.live_views.of(room) is None:
            raise Refused(404, Message("There is no such room."))
        if not isinstance(here, bool):
            raise Refused(400, Message("Say whether you are in the room."))
        if here:
            services.visits.begin(room, device.name)
        else:
            services.visits.end(room, ended_by(device.name), device.name)
        return JSONResponse({})

    def list_devices(self, request: Request, device: Device) -> Response:
        devices = [
            {
                "id": each.device_id,
                "name": each.name,
                "role": each.role,
                "seen_utc": each.seen_utc,
                "is_this": each.device_id == device.device_id,
            }
            for each in self._parts.devices.all()
        ]
        return JSONResponse({"devices": devices})

    async def begin_pairing(self, request: Request, device: Device) -> Response:
        role = (await body_of(request)).get("role")
        if role not in ROLES:
            raise Refused(400, Message("There is no such role."))
        return JSONResponse({"code": self._parts.pairing.begin(role)})

    def revoke(self, request: Request, device: Device) -> Response:
        if not self._revoke(request.path_params["device_id"]):
            raise Refused(404, Message("There is no such device."))
        return JSONResponse({})

    def _revoke(self, device_id: str) -> bool:
        try:
            return self._parts.devices.revoke(device_id)
        except OSError as error:
            words = Message("The device is out until the next start only: {0}", (str(error),))
            raise Refused(503, words) from error


def _file(name: str) -> Callable[[Request], Response]:
    def route(request: Request) -> Response:
        return FileResponse(PAGE_DIR / name)

    return route


def _for_device(state: str, device: Device) -> str:
    """The state of all, which is a JSON object, with whom it is sent to."""
    return f"{json.dumps(_own(device))[:-1]}, {state[1:]}"


def _own(device: Device) -> dict[str, str]:
    return {"device": device.name, "role": device.role}


def _refuse(request: Request, error: Refused) -> Response:
    # What is left of a request that broke off must not be taken for the next one.
    headers = {"Connection": "close"} if error.status == 408 else None
    words = say_in(language_of(request))(error.message)
    return JSONResponse({"error": words}, error.status, headers)


def _record_fails(request: Request, error: Exception) -> Response:
    _log.error("The record cannot be read for the page: %s", error)
    words = say_in(language_of(request))(Message("The record cannot be read at the moment."))
    return JSONResponse({"error": words}, 503)
