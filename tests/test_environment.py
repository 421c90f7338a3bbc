"""The pair of Python and Qt that we run on does not lose references."""

import sys

from PySide6.QtCore import QObject


def test_qt_calls_keep_the_reference_count_of_none() -> None:
    thing = QObject()
    before = sys.getrefcount(None)
    for _ in range(1000):
        thing.setObjectName("x")
    assert sys.getrefcount(None) >= before - 50
