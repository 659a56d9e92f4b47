"""How figures are written in the pages, in the language of the reader."""

from jinja2 import pass_context
from jinja2.runtime import Context


def written(value: float, digits: int, language: str) -> str:
    """Return a number as people write it: a comma in French, a point in English."""
    text = f"{value:.{digits}f}"
    return text if language == "en" else text.replace(".", ",")


@pass_context
def note(context: Context, value: float) -> str:
    """Return a note or another mean with one digit after the point."""
    return written(value, 1, context["language"])


@pass_context
def precise(context: Context, value: float) -> str:
    """Return a mean with two digits after the point, for scales of one unit."""
    return written(value, 2, context["language"])


@pass_context
def signed(context: Context, value: float) -> str:
    """Return a difference with its sign."""
    sign = "+" if value > 0 else "−" if value < 0 else ""
    return sign + written(abs(value), 1, context["language"])


@pass_context
def percent(context: Context, share: float) -> str:
    """Return a share; below one in ten with a digit after the point, so that a rare thing is not 0."""
    digits = 1 if 0 < share < 0.0995 else 0
    return written(100 * share, digits, context["language"]) + ("%" if context["language"] == "en" else "\u202f%")


@pass_context
def duration(context: Context, seconds: float) -> str:
    """Return a time in the unit that suits it."""
    day = "d" if context["language"] == "en" else "j"
    for name, size in ((day, 86400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{written(seconds / size, 1, context['language'])}\u00a0{name}"
    # A few thousandths are not nothing.
    return f"{written(seconds, 3 if 0 < seconds < 1 else 1, context['language'])}\u00a0s"


FILTERS = {"note": note, "precise": precise, "signed": signed, "percent": percent, "duration": duration}
