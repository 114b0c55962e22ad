"""Measures the whole chain on a folder of clips, in a process of its own.

A process, because that is what uses all cores without holding up the window or the watching.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, Signal

from fallwatch.system.program.own_command import own_command

#: What the command writes into its folder.
REPORT = "report.html"

_COUNT = re.compile(r"(\d+)/(\d+)\s+clips")
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_STOP_TIMEOUT_MS = 2000


class FolderEvaluation(QObject):
    """Runs ``fallwatch evaluate`` once.

    Signals:
        progressed: How many clips are done, and how many there are.
        finished: Whether there is a report, and what to say: the figures, or what went wrong.
    """

    progressed = Signal(int, int)
    finished = Signal(bool, str)

    def __init__(
        self, folder: Path, output: Path, options: list[str], parent: QObject | None = None
    ) -> None:
        """Nothing is started yet.

        Args:
            folder: The clips.
            output: Where the report goes.
            options: Further options of the command.
            parent: Its owner.
        """
        super().__init__(parent)
        self.report = output / REPORT
        self._errors = ""
        self._process = QProcess(self)
        # Half of the cores: rooms may be watched meanwhile.
        jobs = max(1, (os.cpu_count() or 2) // 2)
        where = [str(folder), "-o", str(output), "-j", str(jobs)]
        program, *arguments = own_command("evaluate", *where, *options)
        self._process.setProgram(program)
        self._process.setArguments(arguments)
        environment = QProcessEnvironment.systemEnvironment()
        # Has it count aloud, as on a terminal.
        for name, value in (("FORCE_COLOR", "1"), ("COLUMNS", "100"), ("TERM", "xterm")):
            environment.insert(name, value)
        environment.remove("NO_COLOR")
        self._process.setProcessEnvironment(environment)
        self._process.readyReadStandardError.connect(self._read_errors)
        self._process.finished.connect(self._on_finished)
        self._process.errorOccurred.connect(self._on_error)

    def start(self) -> None:
        """Begin; once only."""
        self._process.start()

    def stop(self) -> None:
        """Break off. What was analysed is kept, and the next evaluation goes on from there."""
        self.blockSignals(True)
        if self._process.state() is not QProcess.ProcessState.NotRunning:
            self._process.terminate()
            if not self._process.waitForFinished(_STOP_TIMEOUT_MS):
                self._process.kill()
                self._process.waitForFinished(_STOP_TIMEOUT_MS)

    def _read_errors(self) -> None:
        text = _plain(self._process.readAllStandardError().data())
        self._errors = (self._errors + text)[-4000:]
        counts = _COUNT.findall(text)
        if counts:
            done, total = counts[-1]
            self.progressed.emit(int(done), int(total))

    def _on_finished(self, status: int) -> None:
        self._read_errors()
        output = _plain(self._process.readAllStandardOutput().data())
        if self.report.exists():
            found = re.search(r"Found .*?(?=\n\S[^\n]*:|\Z)", output, re.DOTALL)
            self.finished.emit(True, " ".join(found.group().split()) if found else "")
        else:
            self.finished.emit(False, _last_words(self._errors))

    def _on_error(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart:
            self.finished.emit(False, self._process.errorString())


def _plain(data: bytes | bytearray | memoryview) -> str:
    return _ESCAPES.sub("", bytes(data).decode("utf-8", errors="replace"))


def _last_words(errors: str) -> str:
    """The error at the end, without the counting before it."""
    lines = [line.strip() for line in re.split(r"[\r\n]+", errors)]
    told = [line for line in lines if line and not _COUNT.search(line)]
    return told[-1].removeprefix("Error: ") if told else ""
