"""Small parts that several dialogs share."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout

#: Between two buttons or fields in a row: closer, they look like one.
ROW_GAP_PX = 8


def easy_form(form: QFormLayout) -> None:
    """Have fields as wide as there is room, and below their label where there is too little."""
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)


def plain_buttons(dialog: QDialog, words: Mapping[str, str]) -> QDialogButtonBox:
    """The row of buttons at a dialog's end, joined to its accept and reject.

    Args:
        dialog: Whose buttons they are.
        words: Names of ``QDialogButtonBox.StandardButton`` with what stands on them.
    """
    box = QDialogButtonBox()
    for name, text in words.items():
        button = box.addButton(QDialogButtonBox.StandardButton[name])
        # Qt's own words are in its own language, and its icons in the style's own colours.
        button.setText(text)
        button.setIcon(QIcon())
    box.accepted.connect(dialog.accept)
    box.rejected.connect(dialog.reject)
    return box
