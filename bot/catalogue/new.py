"""Starts the file of a new service: every part with a comment that says what it is for."""

import re
from pathlib import Path

from bot.errors import Conflict, InvalidInput

TEMPLATE = Path(__file__).with_name("new_service.yml")
_IDENTIFIER = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_LONGEST = 60


def start_service(folder: Path, service_id: str) -> Path:
    """Write the template of a service and return its path.

    Args:
        folder: the folder of the catalogue.
        service_id: its identifier: English words in lower case, joined by hyphens.

    Raises:
        InvalidInput: the identifier is malformed.
        Conflict: there is such a service.
    """
    if not _IDENTIFIER.fullmatch(service_id) or len(service_id) > _LONGEST:
        raise InvalidInput(
            f"{service_id!r} cannot be an identifier: write lower-case letters and figures, words joined by hyphens, "
            f"{_LONGEST} characters at most (`library-card`)."
        )
    path = folder / "services" / f"{service_id}.yml"
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(TEMPLATE.read_text(encoding="utf-8"))
    except FileExistsError:
        raise Conflict(f"{path} exists already; edit it, or choose another identifier.") from None
    except OSError as error:
        raise InvalidInput(f"{path} cannot be written: {error.strerror}.") from None
    return path
