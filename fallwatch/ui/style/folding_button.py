"""A button with words that, where there is too little place, is only its icon."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QPushButton, QWidget

from fallwatch.ui.text.plain_text import tip

_GAP_PX = 6


class FoldingButton(QPushButton):
    """Says its words also while it is folded: to a screen reader and as a tooltip."""

    def __init__(self, words: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = self._tip = ""
        self._folded = False
        self.set_words(words)

    def setToolTip(self, words: str) -> None:
        """Explain it; while it is folded, its words come first. Overrides Qt's."""
        self._tip = words
        self._show_words()

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
        return self.sizeHint().width() + (self.words_px if self._folded else 0)

    @property
    def words_px(self) -> int:
        """How much of that its words take."""
        return self.fontMetrics().horizontalAdvance(self._words) + _GAP_PX

    def _show_words(self) -> None:
        self.setText("" if self._folded else self._words)
        lines = [self._words] if self._folded else []
        super().setToolTip(tip("\n".join(filter(None, (*lines, self._tip)))))
        self.setAccessibleName(self._words)


def fold_to_fit(buttons: Sequence[FoldingButton], room_px: int) -> None:
    """Fold as few of some buttons as it takes for all to fit.

    Args:
        buttons: The first is folded first.
        room_px: Width for all that are shown, without what is between them.
    """
    needed_px = sum(button.full_px for button in buttons if not button.isHidden())
    for button in buttons:
        folded = needed_px > room_px and not button.isHidden()
        if folded:
            needed_px -= button.words_px
        button.fold(folded)
