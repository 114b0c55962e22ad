"""A search through the whole program: no exception goes unseen, and no thread dies unseen."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.repository import REPOSITORY

PROGRAM = sorted((REPOSITORY / "fallwatch").rglob("*.py"))

#: Names of exceptions that stand for whatever may go wrong.
_EVERYTHING = {"Exception", "BaseException"}

#: What a handler calls that writes down what it caught.
_LOGS = {"debug", "info", "warning", "error", "exception", "critical"}

#: Hands work to threads that keep exceptions in a future, where nobody may look.
_FUTURES = {"submit", "run_in_executor", "apply_async", "QRunnable", "QThread"}


#: Where every future is asked, or what it holds is raised.
_ASKED = {
    "fallwatch/ui/background/background_tasks.py",
    "fallwatch/evaluation/run/parallel.py",
    "fallwatch/runtime/analyzers.py",
}


def _trees() -> Iterator[tuple[str, ast.Module]]:
    for path in PROGRAM:
        yield str(path.relative_to(REPOSITORY)), ast.parse(path.read_text(encoding="utf-8"))


def _name(node: ast.expr | None) -> str:
    return "" if node is None else ast.unparse(node).rpartition(".")[2]


def _caught(node: ast.expr | None) -> set[str]:
    if node is None:
        return set(_EVERYTHING)
    return set(map(_name, node.elts)) if isinstance(node, ast.Tuple) else {_name(node)}


def _is_told(handler: ast.ExceptHandler) -> bool:
    """Whether a handler raises, logs, or hands on what it caught."""
    for node in ast.walk(ast.Module(handler.body, [])):
        if isinstance(node, ast.Raise):
            return True
        if isinstance(node, ast.Call) and _name(node.func) in _LOGS:
            return True
        if isinstance(node, ast.Name) and node.id == handler.name:
            return True
    return False


def _swallowed(tree: ast.Module) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler):
            if _caught(node.type) & _EVERYTHING and not _is_told(node):
                yield node.lineno
        elif isinstance(node, ast.Call) and _name(node.func) == "suppress":
            if set(map(_name, node.args)) & _EVERYTHING:
                yield node.lineno
        elif isinstance(node, ast.Try):
            # A return at the end drops the exception that is on its way.
            ends = ast.walk(ast.Module(node.finalbody, []))
            yield from (each.lineno for each in ends if isinstance(each, ast.Return))


def test_whoever_catches_everything_raises_it_logs_it_or_hands_it_on() -> None:
    found = [f"{name}:{line}" for name, tree in _trees() for line in _swallowed(tree)]
    assert found == []


@pytest.mark.parametrize(
    "code",
    ["try: f()\nexcept: pass", "try: f()\nexcept Exception: x = 1",
     "try: f()\nexcept (OSError, BaseException): x = None",
     "with contextlib.suppress(Exception): f()",
     "def g():\n  try: f()\n  finally: return 1"],
)  # fmt: skip
def test_the_search_finds_what_it_is_for(code: str) -> None:
    assert list(_swallowed(ast.parse(code)))


def test_work_on_other_threads_keeps_no_exception_to_itself() -> None:
    """What is submitted to a pool fails silently unless somebody asks the future."""
    used = [
        f"{name}:{node.lineno}"
        for name, tree in _trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and _name(node.func) in _FUTURES and name not in _ASKED
    ]
    assert used == []


def test_a_thread_that_dies_is_told_of_wherever_rooms_are_watched() -> None:
    """The last resort hears of every thread; see tests/runtime/guards/test_last_resort.py."""
    installs = {
        name
        for name, tree in _trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and _name(node.func) == "LastResort"
    }
    assert {Path(name).parts[1] for name in installs} == {"app", "headless"}


def test_nobody_takes_the_place_of_the_last_resort() -> None:
    """The hooks through which Qt's slots, and threads, tell of exceptions."""
    hooks = [
        name
        for name, tree in _trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        and any(_name(each) == "excepthook" for target in node.targets for each in _parts(target))
    ]
    assert set(hooks) == {"fallwatch/runtime/guards/last_resort.py"}


def _parts(target: ast.expr) -> list[ast.expr]:
    return target.elts if isinstance(target, ast.Tuple) else [target]
