"""How days and times are written in the pages, in the language of the reader and on the clock of the office.

22/11/2026 in French; 22 Nov 2026 in English, because 04/05 is a day of May for some who read English and of April for
others.
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from jinja2 import pass_context
from jinja2.runtime import Context


@pass_context
def when(context: Context, at: datetime | str | None) -> str:
    """Return a day and a time; "" for none. A text is a time in ISO 8601."""
    return f"{day(context, at)} {clock(context, at)}" if at else ""


@pass_context
def day(context: Context, at: date | str | None) -> str:
    """Return a day: of a date, or of a time as `when` takes it; "" for none."""
    if not at:
        return ""
    there = at if isinstance(at, date) and not isinstance(at, datetime) else _there(context, at)
    # Nothing sets the locale of the process, so that months have their English names.
    return f"{there.day} {there:%b %Y}" if context["language"] == "en" else f"{there:%d/%m/%Y}"


@pass_context
def clock(context: Context, at: datetime | str) -> str:
    """Return the hour and minute of a time, as `when` takes it."""
    return _there(context, at).strftime("%H:%M")


def _there(context: Context, at: date | str) -> datetime:
    known = datetime.fromisoformat(at) if isinstance(at, str) else at
    assert isinstance(known, datetime)
    return known.astimezone(ZoneInfo(context["zone"]))


FILTERS = {"when": when, "day": day, "clock": clock}
