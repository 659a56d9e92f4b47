"""Webhooks: the office's own software is told about events, signed so that it knows who speaks.

The body names the event and the request, and holds nothing personal: the rest is asked for with a token. The header
`Guichet-Signature: t=<seconds>,v1=<hex>` is HMAC-SHA256 with the webhook's secret over `<seconds>.<body>`; a receiver
refuses an old time, so that a copy of a call cannot be played again. What fails is sent again, so an event may come
twice: its `id` is always the same.
"""

import hmac
import json
import secrets
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import delete, insert, select

from bot.db import Database, now
from bot.errors import NotFound, Unprocessable
from bot.privacy.encryption import Cipher
from bot.requests.events import RequestEvent
from bot.requests.model import Request
from bot.requests.outbox import Parcel, Status
from bot.requests.tables import WebhookRow
from bot.settings import Settings

SIGNATURE = "Guichet-Signature"
TIMEOUT = 10.0
MOST = 20


@dataclass(frozen=True)
class Webhook:
    """An address that is told about events; of all services when `services` is empty."""

    id: int
    url: str
    services: list[str]


class Webhooks:
    """The webhooks of a database.

    Args:
        database: where they are.
        cipher: encrypts their secrets.
        settings: says to which hosts they may go (`GUICHET_WEBHOOK_HOSTS`).
    """

    def __init__(self, database: Database, cipher: Cipher, settings: Settings) -> None:
        self._database = database
        self._cipher = cipher
        self._hosts = frozenset(settings.webhook_hosts.split())

    async def add(self, url: str, services: list[str]) -> tuple[Webhook, str]:
        """Add a webhook; return it with its secret, which is shown this once.

        Raises:
            Unprocessable: the address is no HTTP address of an allowed host, or there are too many.
        """
        self._check(url)
        if len(await self.all()) >= MOST:
            raise Unprocessable(f"There are {MOST} webhooks already.", code="too-many-webhooks", field="url")
        secret = secrets.token_urlsafe(32)
        async with self._database.writing() as session:
            row = insert(WebhookRow).values(
                url=url, services=services, secret=self._cipher.encrypt(secret), created_at=now()
            )
            added = (await session.execute(row.returning(WebhookRow.id))).scalar_one()
        return Webhook(added, url, services), secret

    async def all(self) -> list[Webhook]:
        """Return the webhooks."""
        async with self._database.reading() as session:
            rows = await session.scalars(select(WebhookRow).order_by(WebhookRow.id))
            return [Webhook(row.id, row.url, row.services) for row in rows]

    async def remove(self, webhook_id: int) -> None:
        """Remove a webhook and what waits to be sent to it.

        Raises:
            NotFound: there is none of that number.
        """
        async with self._database.writing() as session:
            removed = await session.execute(delete(WebhookRow).where(WebhookRow.id == webhook_id))
        if removed.rowcount != 1:  # type: ignore[attr-defined]
            raise NotFound("There is no webhook of that number.", code="unknown-webhook")

    async def send(self, parcel: Parcel, request: Request, event: RequestEvent) -> tuple[Status, str | None]:
        """Tell a webhook about an event; anything but a 2xx is tried again later."""
        async with self._database.reading() as session:
            row = await session.get(WebhookRow, parcel.webhook_id)
        if row is None:
            return Status.SKIPPED, "removed"
        if urlsplit(row.url).hostname not in self._hosts:
            return Status.FAILED, "host not allowed"
        # Loaded when there is a webhook: it brings ten megabytes of others with it.
        import httpx

        body = json.dumps(_body(parcel, request, event)).encode()
        signed = {SIGNATURE: sign(self._cipher.decrypt(row.secret), body, int(now().timestamp()))}
        try:
            # No redirect is followed: it could lead to a host that nobody allowed.
            async with httpx.AsyncClient(timeout=TIMEOUT, trust_env=False) as client:
                answer = await client.post(
                    row.url, content=body, headers={"Content-Type": "application/json", **signed}
                )
        except httpx.HTTPError as error:
            return Status.WAITING, type(error).__name__
        return (Status.SENT, None) if answer.is_success else (Status.WAITING, f"HTTP {answer.status_code}")

    def _check(self, url: str) -> None:
        try:
            parts = urlsplit(url)
            host, _ = parts.hostname, parts.port
        except ValueError:
            host = None
        if host is None or parts.scheme not in ("http", "https") or len(url) > 500 or "\x00" in url:
            raise Unprocessable("`url` is an HTTP address.", code="webhook-refused", field="url")
        if host not in self._hosts:
            raise Unprocessable(
                "Webhooks may not go to this host: the operator allows it with GUICHET_WEBHOOK_HOSTS.",
                code="webhook-refused",
                field="url",
            )


def sign(secret: str, body: bytes, seconds: int) -> str:
    """Return the signature of a body at a time (seconds since 1970)."""
    made = hmac.new(secret.encode(), f"{seconds}.".encode() + body, sha256).hexdigest()
    return f"t={seconds},v1={made}"


def _body(parcel: Parcel, request: Request, event: RequestEvent) -> dict[str, Any]:
    return {
        "id": f"{parcel.event_id}.{parcel.webhook_id}",
        "type": f"request.{event.kind}",
        "reference": request.reference,
        "service": request.service,
        "number": event.number,
        "state": str(event.state),
        "actor": str(event.actor),
        "at": event.at.isoformat(),
    }
