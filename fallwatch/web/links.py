"""The page behind the "Acknowledge" link of a message.

Opening it changes nothing: mail programs and scanners open every link they find. Its button
acknowledges the one alarm that the link is for, once, while the alarm lasts. The token in the
address is the whole permission: nobody signs in, and no cookie is set or read.
"""

from __future__ import annotations

import base64
import hashlib
import logging
from collections.abc import Callable
from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import BaseRoute, Route

from fallwatch.alarms.lifecycle import is_unacknowledged
from fallwatch.alarms.messages.wording import message_about
from fallwatch.core.message import Message, plain
from fallwatch.core.types import Alarm, AlarmState
from fallwatch.dispatch.answer_links import LINK_PATH, AnswerLinks
from fallwatch.events.store import StoreError
from fallwatch.events.times import utc_now
from fallwatch.web.translations import language_for, say_in
from fallwatch.web.wording import clock

_log = logging.getLogger(__name__)

_STYLE = """
:root { color-scheme: light dark; }
body { font: 1.15rem/1.5 system-ui, sans-serif; max-width: 32rem; margin: 12vh auto;
  padding: 0 1rem; }
h1 { font-size: 1.5rem; }
button { font: inherit; font-weight: bold; width: 100%; min-height: 4rem; border-radius: .75rem;
  border: 0; background: #b3261e; color: #fff; cursor: pointer; }
button:focus-visible { outline: .25rem solid Highlight; outline-offset: .25rem; }
"""

_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'; style-src 'sha256-"
    + base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    + "'",
}

_UNKNOWN = Message("This link is not known. Open the link of the newest message.")
_OVER = Message("This alarm is over.")
_DONE = Message("Acknowledged. Whoever was notified can see that it was you.")
_USED = Message(
    "This link was used already, and the alarm has been raised again since. Open the link of the "
    "newest message."
)
_LATER = Message("The alarm cannot be looked up at the moment. Try it again.")

#: Acknowledges an alarm, by its id, for somebody at an address; returns when that is on disk.
Acknowledge = Callable[[str, str, str], None]


def link_routes(
    links: AnswerLinks, alarm_of: Callable[[str], Alarm | None], acknowledge: Acknowledge
) -> list[BaseRoute]:
    """The routes of the "Acknowledge" links, for a web server.

    They want neither a session nor a check of the origin, and bring headers of their own.

    Args:
        links: The tokens.
        alarm_of: An alarm as it is recorded, by its id; None if there is none.
        acknowledge: Tells the alarm dispatcher.
    """

    # No coroutines: these wait for the disk, and Starlette gives them threads of their own.
    def show(request: Request) -> HTMLResponse:
        return _guarded(request, lambda token: _shown(request, links, alarm_of, token))

    def answer(request: Request) -> HTMLResponse:
        return _guarded(
            request, lambda token: _answered(request, links, alarm_of, acknowledge, token)
        )

    path = LINK_PATH + "{token}"
    return [Route(path, show, methods=["GET"]), Route(path, answer, methods=["POST"])]


def _guarded(request: Request, respond: Callable[[str], HTMLResponse]) -> HTMLResponse:
    try:
        return respond(request.path_params["token"])
    except StoreError as error:
        _log.error("An answer link cannot be looked up: %s", error)
        return _page(request, 503, _LATER)


def _shown(
    request: Request, links: AnswerLinks, alarm_of: Callable[[str], Alarm | None], token: str
) -> HTMLResponse:
    alarm, refusal = _looked_up(request, links, alarm_of, token)
    if refusal is not None or alarm is None:
        return refusal or _page(request, 410, _OVER)
    message = message_about(alarm, utc_now().astimezone())
    return _page(request, 200, plain(message.title), body=message.body, button=True)


def _answered(
    request: Request,
    links: AnswerLinks,
    alarm_of: Callable[[str], Alarm | None],
    acknowledge: Acknowledge,
    token: str,
) -> HTMLResponse:
    alarm, refusal = _looked_up(request, links, alarm_of, token)
    link = links.find(token)
    if refusal is not None or alarm is None or link is None:
        return refusal or _page(request, 410, _OVER)
    # First the answer, then the token: a process that dies between the two has lost no answer, and
    # of two answers at once the dispatcher takes the first.
    client = request.client.host if request.client else "?"
    acknowledge(alarm.event_id, f"{link.recipient} (link)", client)
    links.use(token)
    _log.info("%s acknowledged %s by a link, from %s.", link.recipient, alarm.event_id, client)
    return _page(request, 200, _DONE)


def _looked_up(
    request: Request, links: AnswerLinks, alarm_of: Callable[[str], Alarm | None], token: str
) -> tuple[Alarm | None, HTMLResponse | None]:
    """The alarm that a token may acknowledge now, or why it may not."""
    link = links.find(token)
    if link is None:
        client = request.client.host if request.client else "?"
        _log.warning("An unknown answer link was opened, from %s.", client)
        return None, _page(request, 404, _UNKNOWN)
    alarm = alarm_of(link.event_id)
    if alarm is None:
        return None, _page(request, 410, _OVER)
    if not is_unacknowledged(alarm):
        return None, _settled(request, alarm)
    if link.used_utc is not None:
        return None, _page(request, 410, _USED)
    return alarm, None


def _settled(request: Request, alarm: Alarm) -> HTMLResponse:
    """What is said of an alarm that somebody has acknowledged, or that is over."""
    status = 410 if alarm.state is AlarmState.CLOSED else 200
    if not alarm.acknowledged_by or not alarm.acknowledged_utc:
        return _page(request, status, _OVER)
    when = clock(alarm.acknowledged_utc, utc_now().astimezone())
    words = Message("Already acknowledged by {0} at {1}.", (alarm.acknowledged_by, when))
    return _page(request, status, words)


def _page(
    request: Request, status: int, words: Message, *, body: str = "", button: bool = False
) -> HTMLResponse:
    language = language_for(request.headers.get("accept-language", ""))
    say = say_in(language)
    lines = "".join(f"<p>{escape(line)}</p>" for line in body.splitlines())
    press = escape(say(Message("Acknowledge")))
    form = f'<form method="post"><button>{press}</button></form>' if button else ""
    text = (
        f'<!doctype html><html lang="{language}"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>fallwatch</title><style>{_STYLE}</style>"
        f"<main><h1>{escape(say(words))}</h1>{lines}{form}</main></html>"
    )
    return HTMLResponse(text, status_code=status, headers=_HEADERS)
