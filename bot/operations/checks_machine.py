"""What the machine gives: folder, disk, key, clock, port, address."""

import os
import shutil
import stat
import tempfile
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import httpx

from bot.db import now
from bot.errors import Misconfigured
from bot.operations.finding import Finding, fine, look, wrong
from bot.privacy.encryption import Cipher, key_file
from bot.settings import Settings
from bot.supervisor import check_port

LITTLE, VERY_LITTLE = 2 * 2**30, 300 * 2**20
"""Bytes free on a disk: under the first a model or a backup may not fit, under the second the database may not."""
WRITTEN_IN = datetime(2026, 1, 1, tzinfo=UTC)
"""No true clock shows an earlier time: this code is younger."""
TIME_SERVICE = Path("/run/systemd/timesync")
PATIENCE = 5.0
"""Seconds that an address has to answer."""


async def data_folder(settings: Settings) -> AsyncIterator[Finding]:
    """Look at the data folder: it is there, can be written, and nobody else reads it."""
    folder = settings.data_dir
    if not folder.is_dir():
        yield look(
            "data folder", f"{folder.resolve()} is not there yet.", "`guichet up` makes it; is it the right one?"
        )
        return
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        yield wrong("data folder", f"{folder} cannot be written: {error.strerror}.", _own(folder))
        return
    if folder.stat().st_mode & stat.S_IRWXO:
        yield look("data folder", f"Every account of this machine may look into {folder}.", f"chmod o-rwx {folder}")
    else:
        yield fine("data folder", f"{folder.resolve()} can be written, and only by its owner and group.")


async def disk(settings: Settings) -> AsyncIterator[Finding]:
    """Look at the room that is left where data and models are."""
    seen: set[int] = set()
    for folder in (settings.data_dir, settings.models_dir):
        place = _there(folder)
        if place.stat().st_dev in seen:
            continue
        seen.add(place.stat().st_dev)
        free = shutil.disk_usage(place).free
        said = f"{free / 2**30:.1f} GB are free where {folder} is."
        if free < VERY_LITTLE:
            yield wrong("disk", said, "Make room now: without it nothing is written, and messages are refused.")
        elif free < LITTLE:
            yield look("disk", said, "Make room: old backups, old models (`guichet models list`).")
        else:
            yield fine("disk", said)


async def key(settings: Settings) -> AsyncIterator[Finding]:
    """Look at the key that encrypts."""
    path = key_file(settings.data_dir)
    backed = "Keep a copy of the key apart from the backups."
    if settings.secret_key:
        Cipher(settings.secret_key)
        yield fine("key", f"GUICHET_SECRET_KEY holds a key. {backed}")
    elif not path.exists():
        yield look("key", f"{path} is not there.", "The first start makes one; of an older service, put its key there.")
    else:
        if path.stat().st_mode & 0o077:
            yield wrong("key", f"Others may read {path}.", f"chmod 600 {path}")
            return
        cipher = Cipher(path.read_text("ascii"))
        yield fine("key", f"{path} holds {len(cipher.keys)} key(s), for its owner only. {backed}")


async def clock(settings: Settings) -> AsyncIterator[Finding]:
    """Look at the clock of this machine; that of the database is compared in its own check."""
    if now() < WRITTEN_IN:
        yield wrong("clock", f"It shows {now():%Y-%m-%d}, which is over.", "Set it, and let a time service keep it.")
    elif _waits_for_time():
        yield look("clock", "The time service has not found a server.", "See `timedatectl timesync-status`.")
    else:
        yield fine("clock", f"It shows {now():%Y-%m-%d %H:%M} UTC.")


async def time_zone(settings: Settings) -> AsyncIterator[Finding]:
    """Look at the zone in which the office's hours are told."""
    try:
        there = now().astimezone(ZoneInfo(settings.timezone))
    except (ZoneInfoNotFoundError, ValueError):
        yield wrong("time zone", f"{settings.timezone} is no time zone.", "GUICHET_TIMEZONE, such as Europe/Paris.")
        return
    yield fine("time zone", f"In {settings.timezone} it is {there:%H:%M}.")


async def port(settings: Settings) -> AsyncIterator[Finding]:
    """Look at the port: free, or ours."""
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host  # noqa: S104 - compared, not bound
    try:
        check_port(settings.host, settings.port)
    except Misconfigured:
        if await _answers(f"http://{host}:{settings.port}/health") == '{"status": "ok"}':
            yield fine("port", f"Guichet answers on {host}:{settings.port}.")
        else:
            yield wrong("port", f"Something else listens on {host}:{settings.port}.", "Stop it, or set GUICHET_PORT.")
        return
    yield look("port", f"Nothing listens on {host}:{settings.port}.", "Start the service: `guichet up`, or its unit.")


async def public_address(settings: Settings) -> AsyncIterator[Finding]:
    """Look at the address that browsers use."""
    what = "public address"
    if not settings.public_url:
        if _is_own(settings.host):
            yield look(what, "GUICHET_PUBLIC_URL is empty: links in e-mails lead to this machine.", "Set it: https://…")
        else:
            yield wrong(
                what,
                f"The gateway listens on {settings.host} and GUICHET_PUBLIC_URL is empty.",
                "Listen on 127.0.0.1 behind a proxy with TLS, and set GUICHET_PUBLIC_URL to its https:// address.",
            )
        return
    parts = urlsplit(settings.public_url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        yield wrong(what, f"{settings.public_url} is no address.", "GUICHET_PUBLIC_URL is of the form https://…")
    elif parts.scheme == "http" and not _is_own(parts.hostname):
        yield wrong(
            what, f"{settings.public_url} is not encrypted.", "Put a proxy with TLS in front (docs/operations.md)."
        )
    elif not await _answers(settings.public_url.rstrip("/") + "/health"):
        yield look(
            what,
            f"{settings.public_url} does not answer from here.",
            "Try it from outside: some networks do not let a machine reach its own public address.",
        )
    else:
        yield fine(what, f"{settings.public_url} answers.")


async def metrics(settings: Settings) -> AsyncIterator[Finding]:
    """Look at who may read the figures."""
    if settings.metrics_token:
        yield fine("metrics", "/metrics wants the token.")
    elif settings.public_url and await _answers(settings.public_url.rstrip("/") + "/metrics"):
        yield wrong(
            "metrics",
            "/metrics can be read from outside: the proxy does not say for whom it asks.",
            "Let the proxy send X-Forwarded-For, or set GUICHET_METRICS_TOKEN.",
        )
    else:
        yield fine("metrics", "/metrics is for this machine only.")


async def _answers(url: str) -> str:
    """Return what an address answers when it answers 200, else ""."""
    try:
        async with httpx.AsyncClient(timeout=PATIENCE, trust_env=False) as client:
            response = await client.get(url)
    except httpx.HTTPError:
        return ""
    return response.text if response.status_code == 200 else ""


def _waits_for_time() -> bool:
    return TIME_SERVICE.is_dir() and not (TIME_SERVICE / "synchronized").exists()


def _is_own(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _there(folder: Path) -> Path:
    place = folder.resolve()
    while not place.exists():
        place = place.parent
    return place


def _own(folder: Path) -> str:
    return f"Give it to the account of the service: chown -R {os.geteuid()} {folder}"
