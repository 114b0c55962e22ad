"""The page for phones beside a running watch: begun, ended and changed as the settings say."""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from fallwatch import paths
from fallwatch.alarms.raising import THIS_COMPUTER
from fallwatch.core.message import Message
from fallwatch.core.types import Alarm
from fallwatch.dispatch.answer_links import AnswerLinks
from fallwatch.runtime.alarm_services import AlarmServices
from fallwatch.settings import WebSettings
from fallwatch.web.access.certificate import CERTIFICATE_FILE, fingerprint, own_certificate
from fallwatch.web.access.devices import DEVICES_FILE, Devices
from fallwatch.web.access.pairing import Pairing
from fallwatch.web.push.push_recipients import PushRecipients
from fallwatch.web.push.server_key import SERVER_KEY_FILE, ServerKey
from fallwatch.web.translations import INSTALL

if TYPE_CHECKING:
    from fallwatch.web.server import WebServer

_log = logging.getLogger(__name__)

#: Kinds of the technical alarms.
PAGE_FAILED, PAGE_ATTACKED = "page_failed", "page_attacked"
DEVICES_DAMAGED, PUSH_KEY_LOST = "devices_damaged", "push_key_lost"

#: A port that is taken is tried again this often, in seconds.
_TRY_AGAIN_S = 15.0


class PageService:
    """Serves the page of one process. `follow` and `stop` on one thread; the rest on any.

    Args:
        settings: The page's settings as they are now.
        services: What the page shows and acknowledges.
        folder: Where devices, certificate and key are kept; the configuration folder by default.
        monotonic: Steady clock, in seconds.
    """

    def __init__(
        self,
        settings: Callable[[], WebSettings],
        services: AlarmServices,
        folder: Path | None = None,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._monotonic = monotonic
        self._settings, self._services = settings, services
        self._folder = folder or paths.config_dir()
        self.devices = Devices(self._folder / DEVICES_FILE)
        self.pairing = Pairing(on_lock_out=self._on_lock_out)
        key = ServerKey(
            self._folder / SERVER_KEY_FILE, lambda: settings().address, self._on_key_made
        )
        self._push = PushRecipients(services, self.devices, key)
        self._served: WebSettings | None = None
        self._try_again_s = float("inf")
        self._server: WebServer | None = None
        self._problem: Message | None = None
        self._lock = threading.Lock()
        self._damage: str | None = None

    @property
    def problem(self) -> Message | None:
        """Why the page is not served though it shall be; None if it is, or shall not be."""
        return self._problem

    @property
    def push_problem(self) -> Message | None:
        """Why no phone can be notified; None if nothing is wrong."""
        return self._push.problem

    @property
    def address(self) -> str:
        """Where a phone finds the page; empty while it is not served."""
        web = self._served
        if web is None:
            return ""
        if web.address:
            return web.address.rstrip("/")
        host = "localhost" if web.reach == "computer" else own_address()
        return f"{'https' if web.tls else 'http'}://{host}:{web.port}"

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the page's certificate; empty without one."""
        web = self._served
        if web is None or not web.tls:
            return ""
        try:
            return fingerprint(self._certificate(web))
        except (OSError, ValueError):
            return ""

    def follow(self) -> None:
        """Serve as the settings say now. May wait for a disk and for a server to end."""
        wanted = self._settings()
        with self._lock:
            self._follow(wanted)
            # Also while another program has the port: an alarm has to reach phones all the same.
            if wanted.enabled:
                self._push.follow()
            else:
                self._push.stop()
            self._tell_damage(self.devices.damage if wanted.enabled else "")

    def _follow(self, wanted: WebSettings) -> None:
        if wanted == self._served and self._monotonic() < self._try_again_s:
            return
        if not wanted.enabled and self._served is None:
            return
        self._end()
        if not wanted.enabled:
            self._problem = None
            self._services.dispatcher.clear_technical(THIS_COMPUTER, PAGE_FAILED)
            return
        self._begin(wanted)

    def stop(self, timeout_s: float = 2.0) -> None:
        """Serve no more."""
        with self._lock:
            self._push.stop(timeout_s / 2)
            self._end(timeout_s / 2)

    def _begin(self, web: WebSettings) -> None:
        self._served, self._try_again_s = web, float("inf")
        try:
            self._server = self._start(web)
            self._problem = None
        except ModuleNotFoundError as error:
            _log.warning("The page for phones needs %s.", error.name)
            self._problem = INSTALL
        except (OSError, ValueError) as error:
            self._problem = Message(
                "The page for phones is not served: {0}. It is tried again by itself; if it stays "
                "so, choose another port in Settings > Phone.",
                (str(error),),
            )
            self._try_again_s = self._monotonic() + _TRY_AGAIN_S
        dispatcher = self._services.dispatcher
        if self._problem is None:
            dispatcher.clear_technical(THIS_COMPUTER, PAGE_FAILED)
        else:
            self._server = None
            dispatcher.raise_technical(THIS_COMPUTER, PAGE_FAILED, self._problem)

    def _start(self, web: WebSettings) -> WebServer:
        from fallwatch.web.application import PageParts, make_application
        from fallwatch.web.links import link_routes
        from fallwatch.web.live_frames import LiveFrames
        from fallwatch.web.server import WebServer
        from fallwatch.web.state import PageState

        services = self._services
        parts = PageParts(
            services,
            PageState(services, paths.data_dir()),
            LiveFrames(services.live_views),
            self.devices,
            self.pairing,
            self._push,
            secure=web.tls,
        )
        links = link_routes(AnswerLinks(services.store), self._alarm, self._acknowledge)
        application = make_application(parts, lambda: _names(web), links)
        host = "127.0.0.1" if web.reach == "computer" else "0.0.0.0"
        certificate = self._certificate(web) if web.tls else None
        server = WebServer(application, host, web.port, certificate)
        server.start()
        return server

    def _certificate(self, web: WebSettings) -> Path:
        if web.certificate:
            return Path(web.certificate)
        return own_certificate(self._folder / CERTIFICATE_FILE)

    def _end(self, timeout_s: float = 2.0) -> None:
        server, self._server, self._served = self._server, None, None
        self.pairing.end()
        if server is not None:
            for name in server.stop(timeout_s):
                _log.warning("%s did not end in time.", name)

    def _alarm(self, event_id: str) -> Alarm | None:
        return self._services.store.get(event_id)

    def _acknowledge(self, event_id: str, by: str, address: str) -> None:
        self._services.dispatcher.acknowledge(event_id, by, origin=address)

    def _tell_damage(self, damage: str) -> None:
        if damage == self._damage:
            return
        self._damage = damage
        if not damage:
            self._services.dispatcher.clear_technical(THIS_COMPUTER, DEVICES_DAMAGED)
            return
        words = Message(
            "The list of phones that were let in cannot be read: {0} ({1}). No other phone can be "
            "let in, and after a restart of fallwatch no phone at all gets in or is notified. "
            "Delete the file now: those that fallwatch still knows are then kept.",
            (str(self._folder / DEVICES_FILE), damage),
        )
        self._services.dispatcher.raise_technical(THIS_COMPUTER, DEVICES_DAMAGED, words)

    def _on_key_made(self) -> None:
        """A new key is nothing to tell of, unless phones had subscribed with another one."""
        if any(device.push is not None for device in self.devices.all()):
            words = Message(
                "The key of this computer's notifications was lost or damaged, and a new one was "
                "made: no phone gets notifications any more. On each phone open the page, and "
                "switch them on again."
            )
            self._services.dispatcher.raise_technical(THIS_COMPUTER, PUSH_KEY_LOST, words)

    def _on_lock_out(self, address: str) -> None:
        words = Message(
            "Somebody tried many pairing codes on the page for phones. Nobody new is let in "
            "for an hour; phones that are paired are not affected."
        )
        if address:
            words = Message(
                "Somebody at the address {0} tried many pairing codes on the page for phones. "
                "Nobody is let in from there for an hour; all others are not affected.",
                (address,),
            )
        self._services.dispatcher.raise_technical(THIS_COMPUTER, PAGE_ATTACKED, words)


def is_local_address(address: str) -> bool:
    """Whether a page's address means something on this computer alone."""
    return urlsplit(address).hostname == "localhost"


def own_address() -> str:
    """This computer's address in its network, as far as it can be told without asking anybody."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # Nothing is sent: the system only chooses the way there (RFC 5737, for documentation).
            probe.connect(("192.0.2.1", 9))
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"


def _names(web: WebSettings) -> list[str]:
    """Names under which a browser may call this computer."""
    host = socket.gethostname()
    names = [host, f"{host}.local", host.partition(".")[0], f"{host.partition('.')[0]}.local"]
    outside = urlsplit(web.address).hostname if web.address else None
    return [*names, outside] if outside else names
