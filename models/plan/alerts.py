"""Warnings with a link, for core's widget ``actionable_errors``."""


def as_link(action):
    """A window action as the widget opens it, with its own views.

    From ``view_mode`` the widget would guess default views, and ``help`` it shows as
    bare markup.

    :param dict action: as a button returns it, with ``views``.
    """
    return {
        key: value for key, value in action.items() if key not in ("view_mode", "help")
    }
