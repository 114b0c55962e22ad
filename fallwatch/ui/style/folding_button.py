"""A button with words that, where there is too little place, is only its icon."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QPushButton, QWidget

_GAP_PX = 6


class FoldingButton(QPushButton):
    """Says its words also while it is folded: to a screen reader and as a tooltip."""

    def __init__(self, words: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = ""
        self._folded = False
        self.set_words(words)

    @property
    def words(self) -> str:
        """What stands on it where there is place."""
        return self._words

    def set_words(self, words: str) -> None:
        """Have other words on it."""
        if words != self._words:
            self._words = words
            self._show_words()

    def fold(self, folded: bool) -> None:
        """Show the icon alone, or the words again."""
        if folded != self._folded:
            self._folded = folded
            self._show_words()

    @property
    def full_px(self) -> int:
        """How wide it is with its words."""
        width = self.sizeHint().width()
        if self._folded:
            width += self.fontMetrics().horizontalAdvance(self._words) + _GAP_PX
        return width

    def _show_words(self) -> None:
        self.setText("" if self._folded else self._words)
        self.setAccessibleName(self._words)


def fold_to_fit(buttons: Sequence[FoldingButton], room_px: int) -> None:
    """Fold all of some buttons if they do not fit, so that they look alike; else none."""
    shown = [button for button in buttons if not button.isHidden()]
    folded = sum(button.full_px for button in shown) > room_px
    for button in buttons:
        button.fold(folded)
