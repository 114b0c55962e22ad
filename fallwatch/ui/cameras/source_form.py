"""The part of a form that asks where images come from. It builds itself from the registry."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QCoreApplication, QObject, Signal
from PySide6.QtWidgets import QButtonGroup, QFormLayout, QLabel, QRadioButton

from fallwatch.core.protocols import SourceError
from fallwatch.sources.network.discovery import FoundCamera
from fallwatch.sources.options import Target
from fallwatch.sources.probe import FoundWebcam
from fallwatch.sources.registry import SourceKind, registry
from fallwatch.system.secrets.passwords import split_login
from fallwatch.ui.cameras.source_fields import (
    AddressField,
    Field,
    TextField,
    WebcamField,
    field_for,
)
from fallwatch.ui.text.translate import translate


class SourceForm(QObject):
    """One choice for each kind of source, with its fields below it while it is chosen.

    Args:
        form: Gets the rows.
        kinds: Kinds of source, those of the registry by default.

    Signals:
        changed: Something else is entered.
        webcam_chosen: Somebody chose another webcam from the list.
        search_wanted: Somebody wants to know which cameras are on the network.
    """

    changed = Signal()
    webcam_chosen = Signal()
    search_wanted = Signal()

    def __init__(self, form: QFormLayout, kinds: Sequence[SourceKind] | None = None) -> None:
        super().__init__(form)
        offered = registry.kinds if kinds is None else kinds
        self._form = form
        self._kinds = {kind.name: kind for kind in offered if kind.options}
        self._group = QButtonGroup(self)
        self.radios: dict[str, QRadioButton] = {}
        self._hints: dict[str, QLabel] = {}
        self.fields: dict[tuple[str, Target], Field] = {}
        for kind in self._kinds.values():
            self._add(kind)
        self.choose(next(iter(self._kinds)))

    @property
    def kind(self) -> SourceKind:
        """The kind that is chosen."""
        return next(self._kinds[name] for name, radio in self.radios.items() if radio.isChecked())

    @property
    def source(self) -> str:
        """As the settings keep it; a login within an address is taken out of it."""
        text = self._value("source")
        return split_login(text)[0] if self._asks_for("user") else text

    @property
    def user(self) -> str:
        """The user; empty where none is entered or asked for."""
        return self._of_login(1) or self._value("user")

    @property
    def password(self) -> str | None:
        """The password that was entered; None if none was."""
        return self._value("password") or self._of_login(2) or None

    def choose(self, kind: str) -> None:
        """Choose a kind by its name."""
        self.radios[kind].setChecked(True)
        self._show_fields()

    def fill(self, source: str, user: str) -> None:
        """Enter what a camera has."""
        kind = registry.kind_of(source)
        if kind is None or kind.name not in self._kinds:
            return
        self.choose(kind.name)
        self.fields[kind.name, "source"].set_value(source)
        if (kind.name, "user") in self.fields:
            self.fields[kind.name, "user"].set_value(user)
        secret = self.fields.get((kind.name, "password"))
        if user and isinstance(secret, TextField):
            secret.setPlaceholderText(self.tr("unchanged"))

    def show_webcams(self, found: Sequence[FoundWebcam]) -> None:
        """Offer the webcams of this computer."""
        for field in self.fields.values():
            if isinstance(field, WebcamField):
                field.show_webcams(found)

    def show_found(self, found: Sequence[FoundCamera]) -> None:
        """Offer the cameras of the network."""
        for field in self.fields.values():
            if isinstance(field, AddressField):
                field.show_found(found)

    def enter_address(self, address: str) -> None:
        """Enter a network camera's whole address, without its login."""
        self.fields["stream", "source"].set_value(split_login(address)[0])

    def problem(self) -> tuple[str, bool]:
        """Why this can be no source, and whether to say so: an empty field needs no reproach."""
        text = self._value("source")
        if not text:
            return self.tr("Nothing is entered yet."), False
        try:
            self.kind.check(text)
        except SourceError as error:
            return translate(error.message), True
        return "", False

    def _add(self, kind: SourceKind) -> None:
        radio = QRadioButton(_tr_source(kind.title))
        self.radios[kind.name] = radio
        self._group.addButton(radio)
        self._form.addRow(radio)
        for option in kind.options:
            field = self.fields[kind.name, option.target] = field_for(option)
            label = _tr_source(option.label)
            # One field alone is named by what was chosen above it.
            self._form.addRow(label if len(kind.options) > 1 else "", field)
            field.setAccessibleName(label.replace("&", ""))
            field.changed.connect(partial(self._on_field, kind.name))
            if isinstance(field, AddressField):
                field.search_wanted.connect(self.search_wanted)
            if isinstance(field, WebcamField):
                field.activated.connect(lambda _: self.webcam_chosen.emit())
        if kind.hint:
            hint = self._hints[kind.name] = QLabel(_tr_source(kind.hint))
            hint.setWordWrap(True)
            self._form.addRow("", hint)
        radio.toggled.connect(self._on_toggled)

    def _on_field(self, kind: str) -> None:
        # What is entered for a kind that is not chosen does not count.
        if kind == self.kind.name:
            self.changed.emit()

    def _on_toggled(self, chosen: bool) -> None:
        if chosen:
            self._show_fields()
            self.changed.emit()

    def _show_fields(self) -> None:
        chosen = self.kind.name
        for (kind, _), field in self.fields.items():
            self._form.setRowVisible(field, kind == chosen)
        for kind, hint in self._hints.items():
            self._form.setRowVisible(hint, kind == chosen)

    def _value(self, target: Target) -> str:
        field = self.fields.get((self.kind.name, target))
        return "" if field is None else field.value()

    def _asks_for(self, target: Target) -> bool:
        return (self.kind.name, target) in self.fields

    def _of_login(self, part: int) -> str:
        return split_login(self._value("source"))[part] if self._asks_for("user") else ""


def _tr_source(text: str) -> str:
    """What the registry says in English; the texts are collected from the registry itself."""
    return QCoreApplication.translate("Source", text)
