"""Somebody started the program again as another agent: the window that is there acts as them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from desk_app.ui.texts import tr

if TYPE_CHECKING:
    from desk_app.ui.main_window import MainWindow


def act_as_asked(window: MainWindow, agent: str) -> None:
    """Act as the agent with this key; where something is typed, offer it instead.

    The key comes from another process: it is looked up, and says nothing else.
    """
    session = window.session
    if not agent or agent == session.agent or not session.is_open:
        return
    if session.directory is None:  # the window is only starting

        def go_on() -> None:
            session.directory_loaded.disconnect(go_on)
            act_as_asked(window, agent)

        session.directory_loaded.connect(go_on)
        return
    found = session.directory.agents.get(agent)
    if found is None:
        window.notice.say(tr("The agent that was asked for is not at this desk."), kind="refusal")
    elif session.sync is not None:
        words = tr("On a server one works as who one signed in as, and not as {name}.")
        window.notice.say(words.format(name=found.name), kind="refusal")
    elif _is_writing(window):
        words = tr("This desk was started again as {name}. What you typed is kept either way.")
        act = tr("Act as {name}").format(name=found.name)
        call = partial(_switch, window, agent)
        window.notice.say(words.format(name=found.name), act=act, call=call)
    else:
        _switch(window, agent)


def _switch(window: MainWindow, agent: str) -> None:
    session = window.session
    before, directory = session.agent, session.directory
    window.windows.act_as(agent)
    names = {} if directory is None else directory.agents
    name = names[agent].name if agent in names else agent
    words = tr("You act as {name} now.").format(name=name)
    was = names[before].name if before in names else before
    act = tr("Act as {name}").format(name=was)
    window.notice.say(words, act=act, call=partial(_switch, window, before))


def _is_writing(window: MainWindow) -> bool:
    pages = (window.pane.reply, window.pane.note)
    typed = any(page.edit.toPlainText().strip() for page in pages)
    return typed or window.opening.form.isVisible()
