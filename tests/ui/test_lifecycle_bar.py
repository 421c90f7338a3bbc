"""The step buttons by themselves."""

from PySide6.QtCore import Qt

from desk_app.domain.ticket import Stage


def test_the_steps_of_the_ticket_before_are_out_of_reach_at_once(qtbot, open_as):
    window = open_as("jane", "100020")
    bar = window.pane.bar
    old = bar.buttons["resolved"]
    bar.show_steps(Stage.INTAKE, [])
    assert old.isHidden()
    qtbot.mouseClick(old, Qt.MouseButton.LeftButton)
