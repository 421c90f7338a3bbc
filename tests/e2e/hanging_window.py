"""A window whose server never answers, closed by its agent: the program has to end all the same.

Usage: python -m tests.e2e.hanging_window FOLDER
"""

import sys
import threading
from pathlib import Path

from PySide6.QtCore import QSettings, QTimer

from desk_app.ui.app import application, open_window
from desk_app.ui.theme import apply_theme
from tests.ui.linked import Site


def main(folder: Path) -> int:
    app = application()
    apply_theme(app, "light")
    site = Site(folder / "desk")
    asked = threading.Event()

    def never(cursor: str) -> None:
        asked.set()
        threading.Event().wait()

    site.server.changes = never
    settings = QSettings(str(folder / "window.ini"), QSettings.Format.IniFormat)
    window = open_window(site.open(), "sam", settings)
    look = QTimer()
    look.timeout.connect(lambda: window.close() if asked.is_set() else None)
    look.start(20)
    code = app.exec()
    print("closed", flush=True)
    return code


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
