"""The web server: on a thread of its own, and bounded in all that others can ask of it."""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
from pathlib import Path
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

_log = logging.getLogger(__name__)

#: Connections at a time: fifty phones with six each. More are answered with 503.
MAX_CONNECTIONS = 300

#: Whoever connects must ask for something within this time, in seconds.
_FIRST_REQUEST_S = 5.0

#: A connection that is kept open and idle is closed after this, in seconds.
_KEEP_ALIVE_S = 15

#: Longest head of a request, in bytes.
_MAX_HEAD_BYTES = 16_384

#: How long starting may take, in seconds.
_START_S = 10.0


class ServerError(OSError):
    """The page cannot be served. The message says why."""


class _ImpatientProtocol(H11Protocol):
    """Closes connections that ask for nothing; uvicorn itself would keep them for ever."""

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self.loop.call_later(_FIRST_REQUEST_S, self._leave_if_silent)

    def _leave_if_silent(self) -> None:
        has_asked: object = self.cycle
        if has_asked is None and not self.transport.is_closing():
            self.transport.close()


class _Server(uvicorn.Server):
    """Tells when it listens, and leaves no connection behind."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listens = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listens.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await super().shutdown(sockets)
        # Whoever has not gone by now is cut off: nobody would close the connection afterwards.
        for connection in list(self.server_state.connections):
            transport = getattr(connection, "transport", None)
            if transport is not None:
                transport.abort()
        await asyncio.sleep(0)  # what closes them has its turn


class WebServer:
    """Serves an application until `stop`.

    Args:
        application: What is served.
        host: Address to listen at.
        port: Port; 0 for any that is free.
        certificate: File with certificate and private key; None for no encryption.
    """

    def __init__(
        self, application: ASGIApp, host: str, port: int, certificate: Path | None = None
    ) -> None:
        self._config = uvicorn.Config(
            application,
            host=host,
            port=port,
            http=_ImpatientProtocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            limit_concurrency=MAX_CONNECTIONS,
            timeout_keep_alive=_KEEP_ALIVE_S,
            timeout_graceful_shutdown=1,
            h11_max_incomplete_event_size=_MAX_HEAD_BYTES,
            ssl_certfile=certificate,
        )
        self._server = _Server(self._config)
        self._listener: socket.socket | None = None
        self._thread = threading.Thread(target=self._run, name="fallwatch web", daemon=True)

    @property
    def port(self) -> int:
        """The port it listens at, once it has started."""
        assert self._listener is not None
        return int(self._listener.getsockname()[1])

    def start(self) -> None:
        """Listen.

        Raises:
            ServerError: It cannot.
        """
        try:
            self._config.load()  # the certificate, among others
            # Bound here, so that a port that is taken is an error with words.
            self._listener = _bound(self._config.host, self._config.port)
        except OSError as error:
            raise ServerError(str(error)) from error
        self._thread.start()
        if not self._server.listens.wait(_START_S):
            self._server.should_exit = True
            raise ServerError("it took too long to start")

    def stop(self, timeout_s: float = 2.0) -> list[str]:
        """End it; connections that are open are cut after a second.

        Returns:
            The name of its thread, if that did not end in time.
        """
        self._server.should_exit = True
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
        return [self._thread.name] if self._thread.is_alive() else []

    def _run(self) -> None:
        assert self._listener is not None
        try:
            asyncio.run(self._server.serve([self._listener]))
        except (Exception, SystemExit):  # noqa: BLE001 - uvicorn exits where it cannot go on
            _log.exception("The page for phones ended.")


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise
    return listener
