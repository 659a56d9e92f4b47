"""Tokens of the office's own software: what each may do, kept as hashes only."""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from bot.db import Database, now
from bot.errors import Conflict, InvalidInput, NotAllowed, NotFound
from bot.requests.tables import ApiTokenRow

PREFIX = "guichet_"
"""How a token begins, so that one that was left in a file can be found by a search."""


class Scope(StrEnum):
    """What a token gives the right to."""

    READ = "read"
    CREATE = "create"
    CHANGE = "change"
    WEBHOOKS = "webhooks"


class ScopeMissing(NotAllowed):
    """The token is good, and does not give this right."""

    status = 403
    default_code = "scope-missing"


@dataclass(frozen=True)
class ApiToken:
    """A token, without its secret."""

    id: int
    name: str
    scopes: list[str]
    created_at: datetime
    revoked_at: datetime | None


class ApiTokens:
    """The tokens of a database.

    Args:
        database: where they are.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, name: str, scopes: list[Scope]) -> str:
        """Add a token and return it: it is shown this once.

        Raises:
            InvalidInput: it has no name or no scope.
            Conflict: the name is taken, perhaps by a token that was revoked.
        """
        if not name.strip() or len(name) > 80 or not scopes:
            raise InvalidInput("A token needs a name of 80 characters at most, and a scope.", code="bad-token")
        token = PREFIX + secrets.token_urlsafe(32)
        row = insert(ApiTokenRow).values(
            name=name.strip(), hash=_hash(token), scopes=[str(scope) for scope in scopes], created_at=now()
        )
        try:
            async with self._database.writing() as session:
                await session.execute(row)
        except IntegrityError:
            raise Conflict(f"There is a token called {name} already.", code="name-taken") from None
        return token

    async def all(self) -> list[ApiToken]:
        """Return every token, those that were revoked too."""
        async with self._database.reading() as session:
            return [_read(row) for row in await session.scalars(select(ApiTokenRow).order_by(ApiTokenRow.id))]

    async def revoke(self, name: str) -> None:
        """Take its rights from a token, from now on.

        Raises:
            NotFound: no token in force has that name.
        """
        async with self._database.writing() as session:
            revoked = await session.execute(
                update(ApiTokenRow)
                .where(ApiTokenRow.name == name, ApiTokenRow.revoked_at.is_(None))
                .values(revoked_at=now())
            )
        if revoked.rowcount != 1:  # type: ignore[attr-defined]
            raise NotFound(f"No token in force is called {name}.", code="unknown-token")

    async def check(self, token: str, scope: Scope) -> ApiToken:
        """Return the token, when it is in force and gives a right.

        Raises:
            NotAllowed: it does not exist or was revoked; the answer is the same for both.
            ScopeMissing: it does not give this right.
        """
        digest = _hash(token)
        async with self._database.reading() as session:
            row = (await session.scalars(select(ApiTokenRow).where(ApiTokenRow.hash == digest))).one_or_none()
        if row is None or row.revoked_at is not None or not hmac.compare_digest(row.hash, digest):
            raise NotAllowed("This token is not in force.", code="wrong-token")
        if scope not in row.scopes:
            raise ScopeMissing(f"This token does not give the right to {scope}.", scope=str(scope))
        return _read(row)


def _read(row: ApiTokenRow) -> ApiToken:
    return ApiToken(row.id, row.name, row.scopes, row.created_at, row.revoked_at)


def _hash(token: str) -> str:
    # 256 bits of chance: a plain hash is enough, there is nothing to guess.
    return sha256(token.encode(errors="surrogatepass")).hexdigest()
