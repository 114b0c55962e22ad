"""The demo page itself, with Gradio: ``fallwatch web --demo``, and the app of a hosted space."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

# Before Gradio is imported: nothing is told to anybody, and nothing is asked of other hosts.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"

from fallwatch.core.types import EventKind, Image
from fallwatch.settings import Settings
from fallwatch.system.program.ending_signals import ending_signals
from fallwatch.web.demo.drawing import curve, marked_image
from fallwatch.web.demo.judging import (
    LONGEST_S,
    MOST_MEGABYTES,
    DemoError,
    Verdict,
    examples,
    judge_clip,
    judge_image,
    variants,
)

if TYPE_CHECKING:
    import gradio

#: Where the published project has its demo.
PORT = 7860

#: So many may wait for their turn; one clip is judged at a time.
_WAITING = 10

_INTRO = f"""
# fallwatch
An image, or a clip of up to {LONGEST_S:g} seconds and {MOST_MEGABYTES} MB, is judged on this
server by the same chain that watches rooms. Files are deleted within an hour.
"""

#: Beside the list of classifiers, where an installation has the default one alone.
_MORE = "Further ones are added by: pip install ./weights"

#: How often files are looked through, and how old they may be, in seconds.
_DELETE = (600, 3600)

_TALL_PX = 360

_PEOPLE = ["person", "class", "probability", "posture"]
_ALARMS = ["time", "kind", "score", "reasons"]

#: Marked image; crops with captions; people; then of a clip the curve, alarms and a sentence.
_ImageOutputs = tuple[Image, list[tuple[Image, str]], list[list[str]], str]
_ClipOutputs = tuple[Image, list[tuple[Image, str]], list[list[str]], str, str, list[list[str]]]


def image_outputs(path: str | None, variant: str) -> _ImageOutputs:
    """What the page shows of an image.

    Raises:
        DemoError: It cannot be judged.
    """
    verdict = judge_image(_given(path), variant)
    count = len(verdict.people)
    words = "Nobody was found in this image." if not count else f"{count} found."
    return (*_people(verdict), words)


def clip_outputs(path: str | None, variant: str) -> _ClipOutputs:
    """What the page shows of a clip.

    Raises:
        DemoError: It cannot be judged.
    """
    verdict = judge_clip(_given(path), variant)
    rows = [
        [
            f"{event.decided_s:.1f} s",
            event.kind.value.replace("_", " "),
            f"{event.score:.2f}",
            "; ".join(str(line) for line in event.evidence),
        ]
        for event in verdict.alarms
    ]
    count = sum(event.kind is not EventKind.RECOVERED for event in verdict.alarms)
    at_s = verdict.analysis.frame.timestamp_s
    words = "No alarm." if not count else f"{count} alarm{'s' if count > 1 else ''}."
    words += f" The image shows the clip at {at_s:.1f} s."
    return (*_people(verdict), words, curve(verdict.points, verdict.alarms), rows)


def _others(here: Sequence[str]) -> str | None:
    """Where further classifiers are to be had, if there is but one."""
    return _MORE if len(here) < 2 else None


def build_page() -> gradio.Blocks:
    """The page, not served yet.

    Raises:
        ModuleNotFoundError: Gradio is not installed: the extra ``demo``.
    """
    import gradio as gr

    def as_sent(payload: Any) -> str | None:
        return None if payload is None else str(payload.path)

    def readable(judge: Any) -> Any:
        def judged(path: str | None, variant: str) -> Any:
            try:
                return judge(path, variant)
            except DemoError as error:
                raise gr.Error(str(error), print_exception=False) from error

        return judged

    with gr.Blocks(title="fallwatch", analytics_enabled=False, delete_cache=_DELETE) as page:
        gr.Markdown(_INTRO)
        variant = gr.Dropdown(
            variants(), value=Settings().variant, label="Classifier", info=_others(variants())
        )
        with gr.Tab("Clip"):
            clip = gr.Video(label="Clip", sources=["upload"], include_audio=False, height=_TALL_PX)
            gr.Examples([[str(path)] for path in examples()], inputs=[clip], label="Example clips")
            go = gr.Button("Judge the clip", variant="primary")
            words = gr.Textbox(label="Verdict", interactive=False)
            people = _people_parts(gr)
            plot = gr.HTML(label="Evidence over time")
            alarms = gr.Dataframe(
                headers=_ALARMS,
                label="Alarms and their reasons",
                column_widths=["10%", "12%", "8%", "70%"],
                interactive=False,
                wrap=True,
            )
            outputs = [*people, words, plot, alarms]
            go.click(readable(clip_outputs), [clip, variant], outputs, api_name="clip")
        with gr.Tab("Image"):
            image = gr.Image(
                label="Image",
                sources=["upload", "clipboard"],
                height=_TALL_PX,
            )
            go = gr.Button("Judge the image", variant="primary")
            words = gr.Textbox(label="Verdict", interactive=False)
            outputs = [*_people_parts(gr), words]
            go.click(readable(image_outputs), [image, variant], outputs, api_name="picture")
    # The files as they were sent: what cannot be read is told here, in one sentence.
    clip.preprocess = image.preprocess = as_sent
    page.queue(max_size=_WAITING, default_concurrency_limit=1)
    return page


def serve(host: str = "127.0.0.1", port: int = PORT) -> None:
    """Serve the page until Ctrl-C or SIGTERM.

    Raises:
        ModuleNotFoundError: See `build_page`.
        OSError: The port is taken.
    """
    page, stop = build_page(), threading.Event()
    for number in ending_signals():
        signal.signal(number, lambda *_: stop.set())
    page.launch(
        server_name=host,
        server_port=port,
        share=False,
        ssr_mode=False,
        enable_monitoring=False,
        footer_links=[],
        inbrowser=False,
        quiet=True,
        max_file_size=f"{MOST_MEGABYTES}mb",
        allowed_paths=[str(path.parent) for path in examples()[:1]],
        show_error=False,
        prevent_thread_lock=True,
    )
    stop.wait()
    page.close(verbose=False)


def _given(path: str | None) -> Path:
    if not path:
        from fallwatch.core.message import Message

        raise DemoError(Message("Choose a file first."))
    return Path(path)


def _people(verdict: Verdict) -> tuple[Image, list[tuple[Image, str]], list[list[str]]]:
    crops, rows = [], []
    for number, seen in enumerate(verdict.people, start=1):
        share = f"{seen.class_probability:.0%}"
        crops.append((seen.crop_bgr[:, :, ::-1], f"{number}: {seen.class_name}, {share}"))
        rows.append([str(number), seen.class_name, share, seen.person.posture.value])
    return marked_image(verdict.analysis), crops, rows


def _people_parts(gr: Any) -> list[Any]:
    with gr.Row():
        # Without the button that would put what is shown on another host.
        shown = {"interactive": False, "height": _TALL_PX, "buttons": ["download", "fullscreen"]}
        marked = gr.Image(label="Skeletons", **shown)
        crops = gr.Gallery(
            label="What the classifier is shown", columns=2, object_fit="contain", **shown
        )
    people = gr.Dataframe(headers=_PEOPLE, label="People, from left to right", interactive=False)
    return [marked, crops, people]
