"""OpenVINO must not take Python's signals down with it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.classifiers.tiny_weights import write_weights

_LET_GO_ELSEWHERE = """
import os, signal, sys, threading
from pathlib import Path
from fallwatch.classifiers.openvino_classifier import OpenVinoClassifier

signal.signal(signal.SIGTERM, lambda *_: print("asked to end", flush=True))
networks = [OpenVinoClassifier(Path(sys.argv[1]), sys.argv[2])]
thread = threading.Thread(target=networks.clear)
thread.start()
thread.join()
os.kill(os.getpid(), signal.SIGTERM)
"""


def test_a_request_to_end_is_heard_after_another_thread_let_the_networks_go(
    tmp_path: Path,
) -> None:
    write_weights(tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", _LET_GO_ELSEWHERE, str(tmp_path), "tiny"],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (0, "asked to end\n"), done.stderr
