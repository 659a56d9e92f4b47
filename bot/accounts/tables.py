"""Tables of accounts. Nothing here opens anything: passwords and tokens are hashed, secrets encrypted."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, false
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base


class AccountRow(Base):
    """A person who works here."""

    __tablename__ = "accounts"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    shown: Mapped[str] = mapped_column(String(120))
    role: Mapped[str] = mapped_column(String(20))
    administrations: Mapped[list[Any]]
    language: Mapped[str] = mapped_column(String(2))
    active: Mapped[bool]
    password_hash: Mapped[str | None] = mapped_column(String(200))
    totp_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    totp_step: Mapped[int | None]
    openid_subject: Mapped[str | None] = mapped_column(String(300), unique=True)
    created_at: Mapped[datetime]


class SessionRow(Base):
    """A browser that is signed in; only the hash of its token is kept."""

    __tablename__ = "sessions"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    complete: Mapped[bool]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    by_provider: Mapped[bool] = mapped_column(default=False, server_default=false())
    provider_session: Mapped[str | None] = mapped_column(String(64), index=True)


class LogoutRow(Base):
    """A logout that the provider announced: a digest of its identifier, so that it is taken once."""

    __tablename__ = "openid_logouts"

    token: Mapped[str] = mapped_column(String(64), primary_key=True)
    until: Mapped[datetime] = mapped_column(index=True)


class InvitationRow(Base):
    """A link that lets one person choose the password of an account, once."""

    __tablename__ = "invitations"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    expires_at: Mapped[datetime]


class LoginFailureRow(Base):
    """Wrong passwords in a row for a name, whether such an account exists or not."""

    __tablename__ = "login_failures"

    name_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int]
    at: Mapped[datetime] = mapped_column(index=True)
    until: Mapped[datetime]


class AuditRow(Base):
    """One thing that was read or changed. The database itself refuses to change or delete such a row (a trigger)."""

    __tablename__ = "audit_trail"
    __table_args__ = (Index("ix_audit_trail_object_id", "object_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(index=True)
    account: Mapped[str] = mapped_column(String(80), index=True)
    action: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(20))
    object_id: Mapped[str] = mapped_column(String(80))
    detail: Mapped[str] = mapped_column(String(500))
    digest: Mapped[str] = mapped_column(String(64))
