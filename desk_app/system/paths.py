"""Where things are on this machine."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent


def resource(*parts: str) -> Path:
    """A file of the program: in the installed package, or beside it in a checkout."""
    installed = _PACKAGE / "_resources"
    root = installed if installed.is_dir() else _PACKAGE.parent / "resources"
    return root.joinpath(*parts)


def default_desk() -> Path:
    """The desk that is opened when none is named."""
    from platformdirs import user_data_path

    return user_data_path("desk-app", appauthor=False) / "desk"


def settings_file() -> Path:
    """Where the window's look is kept: sizes, columns, theme. No secret, no ticket text."""
    from platformdirs import user_config_path

    return user_config_path("desk-app", appauthor=False) / "window.ini"


def desks_folder() -> Path:
    """Where desks that mirror a server are made when no folder is named."""
    from platformdirs import user_data_path

    return user_data_path("desk-app", appauthor=False) / "desks"


def desk_list() -> Path:
    """Where the list of this person's desks is kept."""
    from platformdirs import user_config_path

    return user_config_path("desk-app", appauthor=False) / "desks.json"
