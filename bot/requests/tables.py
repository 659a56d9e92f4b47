"""Tables of requests; answers, reasons and messages are encrypted as one value each."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from bot.conversations.handoff_tables import HandoffRow
from bot.db import Base


class RequestRow(Base):
    """A request, from its first answer on."""

    __tablename__ = "requests"
    __table_args__ = (
        Index("ix_requests_due_at", "due_at", "id"),
        Index("ix_requests_filed_at", "filed_at", "id"),
        Index("ix_requests_state_due_at", "state", "due_at", "id"),
        Index("ix_requests_state_filed_at", "state", "filed_at", "id"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    reference: Mapped[str] = mapped_column(String(20), unique=True)
    service: Mapped[str] = mapped_column(String(60), index=True)
    state: Mapped[str] = mapped_column(String(20))
    language: Mapped[str] = mapped_column(String(2))
    # Not a foreign key: a request outlives the conversation in which it was filed.
    conversation_id: Mapped[str | None] = mapped_column(String(32), index=True)
    answers: Mapped[bytes] = mapped_column(LargeBinary)
    code_hash: Mapped[str] = mapped_column(String(64))
    wrong_codes: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    filed_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    # When it was accepted, refused or closed; empty again when it is reopened.
    decided_at: Mapped[datetime | None]
    # Keyed digests of the e-mail address and the phone number that were given, by which requests of the same contact
    # are found (bot/requests/same_contact.py); "" for none, empty until they are made.
    same_email: Mapped[str | None] = mapped_column(String(40), index=True)
    same_phone: Mapped[str | None] = mapped_column(String(40), index=True)
    # In which language and by which way (`Way`) its citizen likes to be spoken to, and when they said so to an agent;
    # without a time it is what their answers show (bot/requests/preferences.py).
    prefers_language: Mapped[str | None] = mapped_column(String(2))
    prefers_way: Mapped[str | None] = mapped_column(String(10))
    prefers_told_at: Mapped[datetime | None]
    # How many events there are and the digest of the last, encrypted: only who holds the key can make it.
    seal: Mapped[bytes | None] = mapped_column(LargeBinary)
    # Made up by `guichet demo`: nobody filed it, nothing is sent about it, and no figure counts it.
    demo: Mapped[bool] = mapped_column(default=False, server_default=false())


class RequestEventRow(Base):
    """One thing that happened to a request: append-only, chained to the one before (bot/requests/events.py)."""

    __tablename__ = "request_events"
    __table_args__ = (UniqueConstraint("request_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    request_id: Mapped[str] = mapped_column(ForeignKey("requests.id", ondelete="CASCADE"), index=True)
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(20))
    actor: Mapped[str] = mapped_column(String(10))
    by: Mapped[str | None] = mapped_column(String(80))
    at: Mapped[datetime]
    # Its words with their salt, encrypted; empty when there were none or they were erased.
    details: Mapped[bytes | None] = mapped_column(LargeBinary)
    commitment: Mapped[str | None] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))
    # When the other side read a message: not part of the digest, because it comes later.
    read_at: Mapped[datetime | None]


class OutboxRow(Base):
    """Something to be sent: about an event of a request, or to who left a message; written with what it tells."""

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_status", "status", "next_at"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    event_id: Mapped[int | None] = mapped_column(ForeignKey("request_events.id", ondelete="CASCADE"), index=True)
    handoff_id: Mapped[str | None] = mapped_column(ForeignKey(HandoffRow.id, ondelete="CASCADE"), index=True)
    channel: Mapped[str] = mapped_column(String(10))
    webhook_id: Mapped[int | None] = mapped_column(ForeignKey("webhooks.id", ondelete="CASCADE"))
    status: Mapped[str] = mapped_column(String(10))
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    next_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    # The name of what went wrong, never an address or a word of the message.
    error: Mapped[str | None] = mapped_column(String(80))


class WebhookRow(Base):
    """An address of the office's own software that is told about events."""

    __tablename__ = "webhooks"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    url: Mapped[str] = mapped_column(String(500))
    services: Mapped[list[Any]]
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]


class ApiTokenRow(Base):
    """A token of the office's own software; only its hash is kept."""

    __tablename__ = "api_tokens"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[list[Any]]
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class ContactRow(Base):
    """A citizen came about a request or a service; `person` is a keyed hash, forgotten after the time that counts."""

    __tablename__ = "request_contacts"
    __table_args__ = (Index("ix_request_contacts_person", "person", "service"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    person: Mapped[str | None] = mapped_column(String(40))
    service: Mapped[str] = mapped_column(String(60))
    request_id: Mapped[str | None] = mapped_column(String(32), index=True)
    at: Mapped[datetime] = mapped_column(index=True)
    # Hours since the citizen had come before about the same; empty when this was the first time.
    hours_since: Mapped[float | None]
