"""Brings the translations up to date: ``python -m tests.tools.translate``.

Collects every text of the window from its source, writes what is new into the ``.ts`` files as
unfinished, and has Qt's ``lrelease`` make the ``.qm`` files that are loaded. Qt's own ``lupdate``
does not know our short ``_tr`` functions.
"""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Collection, Iterator
from pathlib import Path
from xml.etree import ElementTree

import fallwatch
from fallwatch.core.overlay import POSTURE_LOOKS
from fallwatch.paths import resources_dir
from fallwatch.sources.registry import registry
from fallwatch.ui.settings.recipient_services import WAYS
from fallwatch.ui.text.translate import CONTEXT

#: A text and the context in which it stands, as Qt looks it up.
Text = tuple[str, str]

_SOURCES = Path(fallwatch.__file__).resolve().parent

#: Where messages are made of what is no constant: of what a record or a network holds.
_READERS = ("core/message.py", "events/rows.py", "alarms/mqtt/documents.py")

# A template of places and marks alone is the same in every language.
_WORD = re.compile(r"[^\W\d_]")


def main() -> int:
    """Bring all languages up to date; returns the exit status."""
    texts = window_texts()
    unfinished = 0
    for path in sorted((resources_dir() / "translations").glob("*.ts")):
        known = read_translations(path)
        write_translations(path, {text: known.get(text, "") for text in texts})
        _release(path)
        missing = [text for text in texts if not known.get(text)]
        unfinished += len(missing)
        for context, words in missing:
            sys.stdout.write(f"{path.name}: {context}: {words!r} has no translation\n")
    return 1 if unfinished else 0


def window_texts() -> list[Text]:
    """All texts of the window, sorted."""
    found: set[Text] = {("Overlay", words) for words, _ in POSTURE_LOOKS.values()}
    found |= {(CONTEXT, template) for template in message_templates()}
    for way in WAYS:
        found |= {("Ways", words) for words in (way.title, way.hint)}
        found |= {("Ways", field.label) for field in way.fields}
    found |= {
        ("Source", words) for kind in registry.kinds for words in (kind.title, kind.hint) if words
    }
    found |= {("Source", option.label) for kind in registry.kinds for option in kind.options}
    for path in (_SOURCES / "ui").rglob("*.py"):
        found |= set(_texts_of(ast.parse(path.read_text(encoding="utf-8"))))
    return sorted(found)


def message_templates() -> set[str]:
    """The templates of all messages in fallwatch.

    Raises:
        ValueError: A message is made of something else than a text itself.
    """
    found = set()
    modules = {
        path.relative_to(_SOURCES).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
        for path in _SOURCES.rglob("*.py")
    }
    errors = {name for module in modules.values() for name in _message_errors(module)}
    for name, module in modules.items():
        if name not in _READERS:
            found |= set(templates_of(module, name, errors))
    return {template for template in found if _WORD.search(template)}


def templates_of(module: ast.Module, name: str, errors: Collection[str] = ()) -> Iterator[str]:
    """The templates of the messages in a module.

    Args:
        module: Its source.
        name: What to call it in errors.
        errors: Names of the errors that carry a message.

    Raises:
        ValueError: A message is made of something else than a text itself, or an error carries a
            text that nobody translates.
    """
    for call in _calls(module):
        called = call.func.id if isinstance(call.func, ast.Name) else ""
        if called == "Message":
            try:
                yield _constant(call, 0)
            except (ValueError, IndexError) as error:
                raise ValueError(f"{name}, line {call.lineno}: a message needs a text") from error
        elif called in errors and isinstance(call.args[0], ast.Constant | ast.JoinedStr):
            raise ValueError(f"{name}, line {call.lineno}: {called} needs a message")


def _message_errors(module: ast.Module) -> Iterator[str]:
    for each in ast.walk(module):
        if isinstance(each, ast.ClassDef):
            bases = {base.id for base in each.bases if isinstance(base, ast.Name)}
            if "MessageError" in bases:
                yield each.name


def read_translations(path: Path) -> dict[Text, str]:
    """The translations in a ``.ts`` file; an empty text where one is missing."""
    root = ElementTree.parse(path).getroot()
    return {
        (context.findtext("name", ""), message.findtext("source", "")): message.findtext(
            "translation", ""
        )
        for context in root.iter("context")
        for message in context.iter("message")
    }


def write_translations(path: Path, translations: dict[Text, str]) -> None:
    """Write a ``.ts`` file; the language stands in its name, as in ``fallwatch_de.ts``."""
    language = path.stem.rpartition("_")[2]
    root = ElementTree.Element("TS", version="2.1", language=language, sourcelanguage="en")
    contexts: dict[str, ElementTree.Element] = {}
    for (context, text), translation in sorted(translations.items()):
        if context not in contexts:
            contexts[context] = ElementTree.SubElement(root, "context")
            ElementTree.SubElement(contexts[context], "name").text = context
        message = ElementTree.SubElement(contexts[context], "message")
        ElementTree.SubElement(message, "source").text = text
        element = ElementTree.SubElement(message, "translation")
        element.text = translation
        if not translation:
            element.set("type", "unfinished")
    ElementTree.indent(root)
    body = ElementTree.tostring(root, encoding="unicode")
    head = '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n'
    path.write_text(f"{head}{body}\n", encoding="utf-8")


def _texts_of(module: ast.Module) -> Iterator[Text]:
    shorts = dict(_short_functions(module))
    for parent in ast.walk(module):
        if isinstance(parent, ast.ClassDef):
            for call in _calls(parent):
                function = call.func
                if isinstance(function, ast.Attribute) and function.attr == "tr":
                    yield parent.name, _constant(call, 0)
    for call in _calls(module):
        if isinstance(call.func, ast.Name) and call.func.id in shorts:
            yield shorts[call.func.id], _constant(call, 0)
        elif _is_translate(call) and isinstance(call.args[1], ast.Constant):
            yield _constant(call, 0), _constant(call, 1)


def _short_functions(module: ast.Module) -> Iterator[tuple[str, str]]:
    """Names of functions that only look a text up, with the context they look in."""
    for function in ast.walk(module):
        if isinstance(function, ast.FunctionDef) and function.name in ("_tr", "tr"):
            for call in _calls(function):
                if _is_translate(call):
                    yield function.name, _constant(call, 0)


def _calls(node: ast.AST) -> Iterator[ast.Call]:
    return (each for each in ast.walk(node) if isinstance(each, ast.Call))


def _is_translate(call: ast.Call) -> bool:
    return (
        isinstance(call.func, ast.Attribute)
        and call.func.attr == "translate"
        and len(call.args) == 2
        and isinstance(call.args[0], ast.Constant)
    )


def _constant(call: ast.Call, place: int) -> str:
    argument = call.args[place]
    if not isinstance(argument, ast.Constant) or not isinstance(argument.value, str):
        raise ValueError(f"line {call.lineno}: only a text itself can be translated")
    return argument.value


def _release(path: Path) -> None:
    tool = shutil.which("pyside6-lrelease", path=str(Path(sys.executable).parent))
    if tool is None:
        raise FileNotFoundError("pyside6-lrelease is missing; install PySide6-Essentials again.")
    subprocess.run([tool, "-silent", str(path), "-qm", str(path.with_suffix(".qm"))], check=True)


if __name__ == "__main__":
    raise SystemExit(main())
