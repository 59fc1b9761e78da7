"""A time left in words."""


def describe_time_left(seconds: float | None) -> str:
    """A time left, rounded as an estimate deserves, or "" if it is not known.

    >>> describe_time_left(3.2), describe_time_left(43), describe_time_left(200), describe_time_left(None)
    ('a few seconds left', 'about 45 s left', 'about 3 min left', '')
    >>> describe_time_left(5000)
    'about 1 h 25 min left'
    """
    if seconds is None:
        return ""
    if seconds < 5:
        return "a few seconds left"
    if seconds < 57.5:
        return f"about {5 * round(seconds / 5)} s left"
    if seconds < 3570:
        return f"about {max(1, round(seconds / 60))} min left"
    hours, minutes = divmod(5 * round(seconds / 300), 60)
    return f"about {hours} h {minutes} min left" if minutes else f"about {hours} h left"
