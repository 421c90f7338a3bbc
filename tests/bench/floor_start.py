"""Floor of the start: bare PySide6 and sqlite3 show the first rows of the same queue, and stop."""

import os
import sqlite3
import sys
import time

from PySide6.QtCore import QAbstractTableModel, QModelIndex, Qt
from PySide6.QtWidgets import QApplication, QMainWindow, QTableView

SQL = (
    "SELECT number, subject, requester, due_ms, status, owner, updated_ms FROM ticket"
    " WHERE state = 0 ORDER BY updated_ms DESC, id DESC LIMIT 256"
)


class Rows(QAbstractTableModel):
    def __init__(self, rows):
        super().__init__()
        self.rows = rows

    def rowCount(self, parent=QModelIndex()):  # noqa: B008
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent=QModelIndex()):  # noqa: B008
        return 0 if parent.isValid() else 7

    def data(self, index, role=Qt.ItemDataRole.DisplayRole):
        if role == Qt.ItemDataRole.DisplayRole:
            return str(self.rows[index.row()][index.column()])
        return None


class Table(QTableView):
    def paintEvent(self, event):
        super().paintEvent(event)
        os.write(1, str(time.monotonic_ns()).encode())
        os._exit(0)


app = QApplication([])
window = QMainWindow()
table = Table()
window.setCentralWidget(table)
window.resize(1366, 768)
connection = sqlite3.connect(f"file:{sys.argv[1]}/desk.sqlite?mode=ro", uri=True)
table.setModel(Rows(connection.execute(SQL).fetchall()))
window.show()
app.exec()
