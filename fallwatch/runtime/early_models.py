"""Models that are loaded while the window is still being put together.

Loading them takes longer than all else until the first verdict, and mostly another processor than
the one that imports the window.
"""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from types import TracebackType

from fallwatch.core.message import MessageError
from fallwatch.runtime.analyzers import build_models, import_models, with_variant_at_hand
from fallwatch.settings import Settings
from fallwatch.system.device_failures import DEVICE_FAILURES

_log = logging.getLogger(__name__)

#: Whoever asks for the models within this time finds them loaded; then they go, unless in use.
_KEPT_S = 30.0

#: A device's driver that takes longer to load a network hangs: the window's end does not wait for
#: it. The process then ends without that thread, see `fallwatch.__main__`.
_LONGEST_END_S = 30.0


class EarlyModels:
    """Loads the models on a thread of its own, as long as the context lasts.

    Rooms share what it loads, or wait for it. What goes wrong is told by the room that needs it.

    Args:
        settings: Which models.
        weights_dir: Where the variants lie; the bundled ones by default.
    """

    def __init__(self, settings: Settings, weights_dir: Path | None = None) -> None:
        self._settings = settings
        self._weights_dir = weights_dir
        self._over = threading.Event()
        self._thread = threading.Thread(
            target=self._load_and_keep, name="fallwatch-models", daemon=True
        )

    def __enter__(self) -> EarlyModels:
        # Here, and not on the thread: of two threads that import modules which need each other,
        # one would find a module half done.
        try:
            import_models()
        except (ImportError, OSError, RuntimeError, AttributeError) as error:
            _log.warning("What looks at images could not be imported early: %s", error)
            return self
        # Nobody listens before the window's services have begun.
        DEVICE_FAILURES.keep()
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        if self._thread.ident is None:
            return
        # A process that ends while OpenVINO compiles a network would crash.
        self._thread.join(_LONGEST_END_S)
        DEVICE_FAILURES.keep_no_more()

    def _load_and_keep(self) -> None:
        try:
            settings, _ = with_variant_at_hand(self._settings, self._weights_dir)
            models = build_models(settings, self._weights_dir)
        except (MessageError, RuntimeError, OSError) as error:
            _log.debug("The models could not be loaded early: %s", error)
            return
        self._over.wait(_KEPT_S)
        del models
