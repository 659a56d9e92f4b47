"""What answers are made of and leave by: the mail server, the model, the catalogue, fiches and offices."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from bot.catalogue import fiches_store, offices_store, search
from bot.catalogue import offices as offices_room
from bot.catalogue.load import load_catalogue
from bot.catalogue.warnings import warnings_of
from bot.db import now
from bot.errors import GuichetError
from bot.learning.models import current_model
from bot.learning.promotion import check_archive
from bot.operations.finding import Finding, fine, look, wrong
from bot.requests.mail import Mailer
from bot.settings import Settings

OLD = timedelta(days=45)
"""Age of official fiches and offices after which they are imported again: both are published anew every day or week."""


async def mail(settings: Settings) -> AsyncIterator[Finding]:
    """Look whether the mail server answers and lets this service in; nothing is sent."""
    if not settings.smtp_host:
        yield look(
            "mail server",
            "None is set: citizens are told nothing by e-mail, not even that their request arrived.",
            "GUICHET_SMTP_HOST and what goes with it (docs/settings.md).",
        )
        return
    where = f"{settings.smtp_host}:{settings.smtp_port}"
    if problem := await Mailer(settings).problem():
        yield wrong("mail server", f"{where}: {problem}.", "Check GUICHET_SMTP_HOST, _PORT, _TLS, _USER and _PASSWORD.")
        return
    yield fine("mail server", f"{where} answers.")
    if settings.smtp_tls.lower() == "none" and settings.smtp_host not in ("localhost", "127.0.0.1"):
        yield look("mail server", "Mail goes to it unencrypted.", "GUICHET_SMTP_TLS=starttls or tls.")


async def model(settings: Settings) -> AsyncIterator[Finding]:
    """Look whether there is a model that this code can read."""
    try:
        archive = current_model(settings.models_dir)
        card = await asyncio.to_thread(check_archive, archive)
    except GuichetError as error:
        yield wrong("model", error.message, "`guichet train`, or `guichet models rollback`.")
        return
    yield fine("model", f"{archive.name}, trained {card.trained_at[:10]}, is whole and of this version.")


async def catalogue(settings: Settings) -> AsyncIterator[Finding]:
    """Look at the catalogue and at how long ago its facts were checked."""
    loaded = await asyncio.to_thread(load_catalogue, settings.catalogue_dir)
    today = now().date()
    late = await asyncio.to_thread(warnings_of, loaded, settings.catalogue_dir, today)
    if late:
        yield look("catalogue", f"{len(late)} facts were last checked over a year ago.", "`guichet catalogue check`")
    else:
        yield fine("catalogue", f"{len(loaded.services)} services, every fact checked within a year.")


async def fiches(settings: Settings) -> AsyncIterator[Finding]:
    """Look whether the official fiches were imported, and when."""
    folder = settings.data_dir / search.FOLDER
    yield _imported("fiches", folder / fiches_store.FILE, fiches_store.is_there(folder), "guichet fiches import PATH")


async def offices(settings: Settings) -> AsyncIterator[Finding]:
    """Look whether the directory of offices was imported, and how old its newest entry is."""
    path = settings.data_dir / offices_room.FOLDER / offices_store.FILE
    there = offices_store.stamp(path.parent) is not None
    yield _imported("offices", path, there, "guichet offices import PATH")
    if directory := offices_room.open_directory(settings):
        newest = date.fromisoformat(directory.date[:10])
        if now().date() - newest > OLD:
            yield look("offices", f"Their newest entry is of {newest}.", "Fetch and import the directory again.")


def _imported(what: str, path: Path, there: bool, command: str) -> Finding:
    if not there:
        state = "were imported by another version" if path.exists() else "were never imported"
        return look(what, f"The {what} {state}.", f"`{command}` (docs/operations.md says where to get them).")
    at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    if now() - at > OLD:
        return look(what, f"The {what} were imported {at:%Y-%m-%d}.", f"Fetch them again, then `{command}`.")
    return fine(what, f"Imported {at:%Y-%m-%d}.")
