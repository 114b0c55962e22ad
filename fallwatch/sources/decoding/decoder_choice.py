"""Codecs that this computer's hardware decodes rightly and for less, as they were measured."""

from __future__ import annotations

import json
import logging
import platform
from pathlib import Path

from fallwatch import paths
from fallwatch.system.files import write_private

_log = logging.getLogger(__name__)

#: In the cache folder: what ``fallwatch bench --decoders`` found.
CHOICE_FILE = "video_decoder.json"

#: What reading a damaged choice may raise: JSON that is nested too deeply, a `RuntimeError`.
_UNREADABLE = (
    paths.HomeError,
    OSError,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    RuntimeError,
)

#: How containers and streams write the two codecs of cameras.
_CODECS = {
    **dict.fromkeys(("avc1", "h264", "x264"), "h264"),
    **dict.fromkeys(("hev1", "hevc", "hvc1", "h265", "x265"), "hevc"),
}


def codec_named(fourcc: float) -> str:
    """The codec of a stream, such as ``h264`` or ``hevc``.

    Args:
        fourcc: What OpenCV's ``CAP_PROP_FOURCC`` reads; 0.0 where it is not known.
    """
    letters = (int(fourcc) & 0xFFFFFFFF).to_bytes(4, "little").decode("latin-1")
    name = letters.strip("\0 ").lower()
    return _CODECS.get(name, name)


def codecs_by_hardware() -> frozenset[str]:
    """The codecs that hardware may decode: none, unless measured on this very system."""
    try:
        kept = json.loads(_choice_path().read_text(encoding="utf-8"))
        if kept["computer"] != _computer():
            _log.warning("The choice of a decoder is not used: OpenCV or the system has changed.")
            return frozenset()
        return frozenset(str(codec) for codec, good in kept["codecs"].items() if good is True)
    except FileNotFoundError:
        pass
    except _UNREADABLE as error:
        _log.warning("The choice of a decoder is not used: %s", error)
    return frozenset()


def keep_codec(codec: str, *, by_hardware: bool) -> None:
    """Keep whether hardware may decode a codec; what is known of others stays.

    Raises:
        OSError: It cannot be written.
    """
    codecs = dict.fromkeys(sorted(codecs_by_hardware()), True) | {codec: by_hardware}
    kept = {"computer": _computer(), "codecs": codecs}
    write_private(_choice_path(), (json.dumps(kept) + "\n").encode())


def _computer() -> str:
    """Another OpenCV or system may decode otherwise."""
    from fallwatch.sources.opencv import cv2

    return f"{platform.system()} {platform.machine()}, OpenCV {cv2.__version__}"


def _choice_path() -> Path:
    return paths.cache_dir() / CHOICE_FILE
