"""What belongs to the program more than to one window: further windows, settings, help."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from desk_app.ports.unit_of_work import Changes
from desk_app.ui.keys import FIXED
from desk_app.ui.texts import fixed_key_name, tr
from desk_app.ui.theme import THEMES, apply_theme
from desk_app.ui.views.help_overlay import HelpOverlay
from desk_app.ui.views.settings_window import SettingsWindow

if TYPE_CHECKING:
    from desk_app.ui.main_window import MainWindow
    from desk_app.ui.ticket_window import TicketWindow

_HOLD = "hold_while_typing"
_THEMES = {
    "": "As the system has them",
    "light": "Light",
    "dark": "Dark",
    "contrast": "High contrast",
}
_others: list[MainWindow | TicketWindow] = []
"""Windows that were opened from a window: nothing else keeps them alive."""


class Windows(QObject):
    """Opens further windows of one desk, and those that speak about the program."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        # The settings file is the desk's own, so this is a choice for each server.
        window.session.hold_while_typing = bool(
            window.settings.value(_HOLD, defaultValue=False, type=bool)
        )
        self.help = HelpOverlay(window)

    @cached_property
    def settings(self) -> SettingsWindow:
        """Made when it is first wanted."""
        settings = SettingsWindow(self._window.menus.keys, self._window)
        settings.agent_chosen.connect(self.act_as)
        settings.theme_chosen.connect(self._change_theme)
        settings.holding_switched.connect(self._switch_holding)
        settings.keys_changed.connect(self._window.menus.refresh_keys)
        return settings

    def open_another(self) -> MainWindow:
        """Another window on the same desk, with connections of its own."""
        from desk_app.ui.app import fit_height, open_window

        window = self._window
        desk = window.session.desk.again()
        other = open_window(desk, window.session.agent, window.settings, desks=window.desks)
        fit_height(other)
        keep_alive(other)
        return other

    def tear_off(self) -> TicketWindow | None:
        """The shown ticket in a window of its own."""
        from desk_app.ui.ticket_window import TicketWindow

        page = None if self._window.ticket is None else self._window.ticket.page
        if page is None:
            return None
        other = TicketWindow(self._window, page.ticket.id)
        self._window.supervising.watch_torn(other)
        keep_alive(other)
        other.show()
        return other

    def show_settings(self) -> None:
        """Open the settings beside the window."""
        directory = self._window.session.directory
        agents = [] if directory is None else [(a.key, a.name) for a in directory.agents.values()]
        if self._window.session.sync is not None:  # on a server one works as who one signed in as
            agents = [pair for pair in agents if pair[0] == self._window.session.agent]
        themes = [(name, tr(_THEMES[name])) for name in THEMES]
        self.settings.show_choices(agents, self._window.session.agent, themes)
        held = self._window.session.hold_while_typing
        has_server = self._window.session.sync is not None
        self.settings.show_holding(on=held if has_server else None)
        entries = self._window.menus.entries
        named = [(name, action.text().replace("&", "")) for name, action in entries.items()]
        self.settings.show_keys(sorted(named, key=lambda pair: pair[1].casefold()))
        chosen = str(self._window.settings.value("theme", ""))
        self.settings.theme.setCurrentIndex(self.settings.theme.findData(chosen))
        self.settings.show()
        self.settings.raise_()

    def show_keys(self) -> None:
        """Lay the keys that work here over the window."""
        menus = self._window.menus
        focus = QApplication.focusWidget()
        board = self._window.supervising.boarding.view
        in_list = focus in {self._window.queue, self._window.pane.talk, board}
        composing = self._window.pane.composers.isAncestorOf(focus) if focus else False
        groups = []
        if composing:
            keys = [(key, fixed_key_name(name)) for name, key in FIXED.items()]
            groups.append((tr("In the text"), keys))
        for title, names in menus.groups.items():
            shown = [
                (menus.key_text(name), menus.entries[name].text().replace("&", ""))
                for name in names
                if menus.key_text(name) and (in_list or not menus.is_letter(name))
            ]
            if shown:
                groups.append((title.replace("&", ""), shown))
        self.help.show_groups(groups, focus)

    def act_as(self, agent: str) -> None:
        """Somebody else sits at this desk now; what the one before typed is on the disk."""
        self._window.composing.save()
        self._window.session.act_as(agent)

    def _switch_holding(self, on: bool) -> None:  # noqa: FBT001 - a signal's own argument
        self._window.settings.setValue(_HOLD, on)
        self._window.session.hold_while_typing = on

    def _change_theme(self, name: str) -> None:
        self._window.settings.setValue("theme", name)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            apply_theme(app, name)
            self._window.session.changed.emit(Changes(everything=True))  # texts carry colours


def keep_alive(window: MainWindow | TicketWindow) -> None:
    """Hold a window that nothing else holds, until it is closed."""
    _others.append(window)
    window.closed.connect(partial(_let_go, window))


def _let_go(window: MainWindow | TicketWindow) -> None:
    """A window that was closed goes before the program does: Qt must find none at the end."""
    _others[:] = [other for other in _others if other is not window]
    window.deleteLater()
