"""The language of the window."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator
from PySide6.QtWidgets import QApplication

from fallwatch.paths import resources_dir

Language = Literal["system", "en", "de"]

#: Languages beside English, in which the texts are written.
TRANSLATED = ("de",)

#: Where the application keeps which of them it speaks.
_SPOKEN = "fallwatch language"


def speak(application: QApplication, language: Language) -> None:
    """Have all texts from now on in a language; those shown already stay as they are.

    Args:
        application: The Qt application.
        language: ``system`` for the computer's own, in English where we do not know it.
    """
    QLocale.setDefault(_locale(language))
    for old in application.findChildren(QTranslator):
        application.removeTranslator(old)
        old.deleteLater()
    wanted = QLocale.system().name()[:2] if language == "system" else language
    application.setProperty(_SPOKEN, wanted if wanted in TRANSLATED else "en")
    if wanted not in TRANSLATED:
        return
    ours = str(resources_dir() / "translations" / f"fallwatch_{wanted}.qm")
    # Qt's own dialogs, such as the one for files.
    theirs = f"{QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)}/qtbase_{wanted}.qm"
    for path in (theirs, ours):
        translator = QTranslator(application)
        if translator.load(path):
            application.installTranslator(translator)


def spoken() -> str:
    """The language that the window speaks now: ``en``, or one of ``TRANSLATED``."""
    application = QCoreApplication.instance()
    return str((application and application.property(_SPOKEN)) or "en")


def _locale(language: Language) -> QLocale:
    """How numbers and dates are written: as the computer's country does, where it fits."""
    system = QLocale.system()
    if language == "system" or QLocale(language).language() is system.language():
        return system
    # Outside of the United States few would take 1/3 for the third of January.
    return QLocale("en_GB" if language == "en" else language)
