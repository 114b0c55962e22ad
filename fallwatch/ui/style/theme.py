"""Dresses the application: follows the system's light or dark appearance."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from fallwatch.paths import resources_dir
from fallwatch.ui.style.palette import DARK, LIGHT, Palette

#: Light or dark, whatever the system is; ``system`` for as it is.
Appearance = Literal["system", "light", "dark"]


class Theme(QObject):
    """Knows the colours in use and says when they change.

    Signals:
        changed: The system switched between light and dark; read ``palette`` again.
    """

    changed = Signal()

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        self._application = application
        application.setStyle("Fusion")
        hints = QGuiApplication.styleHints()
        self._appearance: Appearance = "system"
        self._system = hints.colorScheme()
        self._palette = _palette_for(self._system)
        self._dress()
        hints.colorSchemeChanged.connect(self.follow)

    def follow(self, scheme: Qt.ColorScheme) -> None:
        """Take on the system's appearance, unless another is chosen; its changes come here."""
        self._system = scheme
        self._take_on()

    def choose(self, appearance: Appearance) -> None:
        """Be light or dark whatever the system is, or be as it is."""
        if appearance != self._appearance:
            self._appearance = appearance
            self._take_on()

    def _take_on(self) -> None:
        chosen = {"light": LIGHT, "dark": DARK}.get(self._appearance)
        self._palette = chosen or _palette_for(self._system)
        self._dress()
        self.changed.emit()

    @property
    def palette(self) -> Palette:
        """The colours in use."""
        return self._palette

    def _dress(self) -> None:
        self._application.setPalette(_qt_palette(self._palette))
        self._application.setStyleSheet(_stylesheet(self._palette))


def header_height() -> int:
    """Height of the line of headings, so that they stand side by side, in the system's font."""
    return round(QFontMetrics(QApplication.font()).height() * 1.9)


def scale_font(widget: QWidget, factor: float, *, bold: bool = False) -> None:
    """Give a widget the system's font, larger or smaller: text grows with the system's setting."""
    font = QFont(QApplication.font())
    font.setPointSizeF(font.pointSizeF() * factor)
    font.setBold(bold)
    widget.setFont(font)


def set_ink(widget: QWidget, colour: str) -> None:
    """Colour a widget's text without giving it a style sheet of its own."""
    palette = widget.palette()
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text):
        palette.setColor(role, QColor(colour))
    widget.setPalette(palette)


def _palette_for(scheme: Qt.ColorScheme) -> Palette:
    # Unknown, as on a bare X server, is shown light.
    return DARK if scheme is Qt.ColorScheme.Dark else LIGHT


def _qt_palette(colours: Palette) -> QPalette:
    role = QPalette.ColorRole
    palette = QPalette()
    for target, colour in {
        role.Window: colours.window.paper,
        role.WindowText: colours.window.ink,
        role.Base: colours.surface.paper,
        role.AlternateBase: colours.window.paper,
        role.Text: colours.surface.ink,
        role.Button: colours.surface.paper,
        role.ButtonText: colours.surface.ink,
        role.ToolTipBase: colours.surface.paper,
        role.ToolTipText: colours.surface.ink,
        role.PlaceholderText: colours.muted_surface.ink,
        role.Highlight: colours.accent.paper,
        role.HighlightedText: colours.accent.ink,
        role.Mid: colours.border,
    }.items():
        palette.setColor(target, QColor(colour))
    for target in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, target, QColor(colours.muted.ink))
    return palette


def _icon_file(name: str) -> str:
    # Style sheets want forward slashes on every system.
    return (resources_dir() / "icons" / f"{name}.svg").as_posix()


def _tick_file(colours: Palette) -> str:
    # A style sheet cannot tint a picture: there is one for each appearance.
    return _icon_file("tick-dark" if colours is DARK else "tick-white")


def _stylesheet(colours: Palette) -> str:
    return f"""
QMainWindow, QDialog {{ background: {colours.window.paper}; }}
QToolTip {{ color: {colours.surface.ink}; background: {colours.surface.paper};
            border: 1px solid {colours.border}; padding: 4px; }}
QPushButton, QComboBox, QLineEdit {{
    color: {colours.surface.ink}; background: {colours.surface.paper};
    border: 1px solid {colours.border}; border-radius: 6px; padding: 6px 12px; }}
QPushButton#line {{ border: 2px solid transparent; background: transparent; }}
QPushButton#line:hover {{ background: {colours.neutral.paper}; }}
QPushButton#line:focus {{ border-color: {colours.accent.paper}; }}
QListWidget::item, QTreeWidget::item {{ padding: 5px; }}
QRadioButton, QCheckBox {{ spacing: 8px; }}
QRadioButton::indicator, QCheckBox::indicator {{ width: 14px; height: 14px;
    border: 2px solid {colours.muted.ink}; background: {colours.surface.paper}; }}
QRadioButton::indicator {{ border-radius: 9px; }}
QCheckBox::indicator {{ border-radius: 4px; }}
QRadioButton::indicator:checked {{ background: {colours.accent.paper};
    border-color: {colours.muted.ink}; }}
QCheckBox::indicator:checked {{ background: {colours.accent.paper};
    border-color: {colours.accent.paper}; image: url("{_tick_file(colours)}"); }}
QRadioButton:focus, QCheckBox:focus {{ color: {colours.window.ink};
    border-bottom: 2px solid {colours.accent.paper}; }}
QToolButton {{ color: {colours.surface.ink}; background: transparent;
    border: 2px solid transparent; border-radius: 6px; padding: 3px; }}
QToolButton:hover {{ border-color: {colours.border}; }}
QToolButton:focus {{ border-color: {colours.accent.paper}; }}
QToolButton::menu-indicator {{ image: none; }}
QComboBox {{ padding-right: 4px; combobox-popup: 0; }}
QComboBox::drop-down {{ border: none; width: 22px; }}
QComboBox::down-arrow {{ image: url("{_icon_file("chevron")}"); width: 14px; height: 14px; }}
QPushButton:hover, QComboBox:hover {{ border-color: {colours.muted.ink}; }}
QPushButton:pressed {{ background: {colours.neutral.paper}; }}
QPushButton:disabled, QComboBox:disabled {{ color: {colours.muted.ink}; }}
QPushButton:focus, QComboBox:focus, QLineEdit:focus, QListView:focus {{
    border: 2px solid {colours.accent.paper}; }}
QPushButton:focus, QComboBox:focus {{ padding: 5px 11px; }}
QComboBox:focus {{ padding-right: 3px; }}
QComboBox QAbstractItemView {{ color: {colours.surface.ink}; background: {colours.surface.paper};
    selection-color: {colours.accent.ink}; selection-background-color: {colours.accent.paper}; }}
QListView, #card {{ background: {colours.surface.paper}; border: 1px solid {colours.border};
    border-radius: 8px; }}
QComboBox QAbstractItemView, QComboBox QAbstractItemView:focus {{ border-radius: 0;
    border: 1px solid {colours.border}; }}
QComboBox QAbstractItemView::item {{ padding: 4px 8px; }}
QTabWidget::pane {{ background: {colours.surface.paper}; border: 1px solid {colours.border};
    border-radius: 6px; }}
QTabBar::tab {{ color: {colours.window.ink}; background: {colours.window.paper};
    border: 1px solid {colours.border}; padding: 7px 12px;
    border-top-left-radius: 6px; border-top-right-radius: 6px; }}
QTabBar::tab:selected {{ color: {colours.surface.ink}; background: {colours.surface.paper};
    border-bottom-color: {colours.surface.paper}; }}
QTabBar::tab:focus {{ border: 2px solid {colours.accent.paper}; padding: 6px 11px; }}
QMenuBar {{ background: {colours.window.paper}; color: {colours.window.ink}; }}
QMenuBar::item {{ padding: 5px 10px; background: transparent; }}
QMenuBar::item:selected, QMenu::item:selected {{
    background: {colours.accent.paper}; color: {colours.accent.ink}; }}
QMenu {{ background: {colours.surface.paper}; color: {colours.surface.ink};
    border: 1px solid {colours.border}; }}
QMenu::item {{ padding: 6px 24px; }}
QMenu::item:disabled {{ color: {colours.muted_surface.ink}; }}
QProgressBar {{ background: {colours.border}; border: none; border-radius: 2px; }}
QProgressBar::chunk {{ background: {colours.accent.paper}; border-radius: 2px; }}
"""
