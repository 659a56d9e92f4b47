"""The service's own logs: what an error quotes of a request is left out, its type and its place stay."""

import logging
from types import TracebackType

_Shown = tuple[type[BaseException], BaseException, TracebackType | None]


def without_values(error: BaseException) -> _Shown:
    """Return an error as `exc_info` without its message, which may quote what a citizen sent."""
    return type(error), type(error)("(not shown)") if _takes_text(error) else RuntimeError(), error.__traceback__


class WithoutValues(logging.Filter):
    """Leaves the sender's address and what was received out of a library's records."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep every record, without values."""
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            record.msg, record.args = f"a request was not understood: {type(error).__name__}", ()
            record.exc_info, record.exc_text = without_values(error), None
        return True


def _takes_text(error: BaseException) -> bool:
    try:
        type(error)("")
    except Exception:
        return False
    return True
