"""What a provider announces by itself: somebody signed out there (OpenID Connect Back-Channel Logout 1.0).

The token comes from anybody who knows our address, without a browser or a cookie: nothing counts but its signature, and
that it says what section 2.6 of the specification asks for.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwt import JWTClaimsRegistry
from sqlalchemy import and_, delete, insert, or_, select
from sqlalchemy.exc import IntegrityError

from bot.accounts.audit import AuditTrail
from bot.accounts.openid import key_of
from bot.accounts.openid_accounts import BY
from bot.accounts.openid_provider import CLOCKS_APART, Provider, refused
from bot.accounts.tables import AccountRow, LogoutRow, SessionRow
from bot.db import Database, now

EVENT = "http://schemas.openid.net/event/backchannel-logout"
KINDS = (None, "JWT", "logout+jwt")
"""What a token may say that it is; an access token (`at+jwt`) is none of them."""
OLDEST = timedelta(minutes=10)
"""Age of a token that is taken: a provider sends it at once, and tries again for some minutes."""


@dataclass(frozen=True)
class Logout:
    """Who signed out at the provider.

    Attributes:
        token: a digest of the identifier of the announcement, which is taken once.
        subject: the person, as `bot.accounts.openid.key_of` tells them; empty when only the session is named.
        session: their session at the provider, in the same way; empty for all of theirs.
        until: after which the token is too old in any case.
    """

    token: str
    subject: str
    session: str
    until: datetime


async def read_logout(provider: Provider, token: str) -> Logout:
    """Return what a logout token says.

    Raises:
        Refused: it is not one that the provider made for us, now.
        Unavailable: the provider's keys cannot be read.
    """
    try:
        signed = await provider.signed(token)
        _check(signed.header, signed.claims, provider)
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise refused(f"a logout token: {type(error).__name__}: {error}"[:200]) from None
    claims = signed.claims
    named = {name: key_of(provider.openid, claims[name]) if name in claims else "" for name in ("sub", "sid")}
    until = datetime.fromtimestamp(claims["iat"], UTC) + OLDEST + timedelta(seconds=CLOCKS_APART)
    return Logout(hashlib.sha256(claims["jti"].encode()).hexdigest(), named["sub"], named["sid"], until)


def _check(header: Mapping[str, Any], claims: Mapping[str, Any], provider: Provider) -> None:
    JWTClaimsRegistry(
        leeway=CLOCKS_APART,
        iss={"essential": True, "value": provider.openid.issuer},
        aud={"essential": True, "value": provider.openid.client_id},
        iat={"essential": True},
        exp={"essential": True},
        jti={"essential": True},
    ).validate(dict(claims))
    if header.get("typ") not in KINDS:
        raise ValueError("it is another kind of token")
    if claims["iat"] < (now() - OLDEST).timestamp() - CLOCKS_APART:
        raise ValueError("it is too old")
    events = claims.get("events")
    if not isinstance(events, dict) or not isinstance(events.get(EVENT), dict):
        raise ValueError("it announces something else")
    if "nonce" in claims:
        raise ValueError("it has a nonce, as only an identity token does")
    told = [claims[name] for name in ("sub", "sid") if name in claims]
    if not told or not all(isinstance(each, str) and each for each in (*told, claims["jti"])):
        raise ValueError("it does not say who or which session")


class Logouts:
    """Ends sessions of a database when the provider says so.

    Args:
        database: where they are.
        trail: tells whose were ended.
    """

    def __init__(self, database: Database, trail: AuditTrail) -> None:
        self._database = database
        self._trail = trail

    async def obey(self, logout: Logout) -> int:
        """End the sessions that the provider began and has ended; those that a password began stay.

        Returns:
            How many ended.

        Raises:
            Refused: this announcement was taken before.
        """
        owner = select(AccountRow.id).where(AccountRow.openid_subject == logout.subject)
        theirs, of_it = SessionRow.account_id.in_(owner), SessionRow.provider_session == logout.session
        if logout.session and logout.subject:
            # Of a session that began without a number, only the person tells.
            meant = and_(theirs, or_(of_it, SessionRow.provider_session.is_(None)))
        else:
            meant = of_it if logout.session else theirs
        try:
            async with self._database.writing() as session:
                await session.execute(insert(LogoutRow).values(token=logout.token, until=logout.until))
                ended = delete(SessionRow).where(SessionRow.by_provider, meant).returning(SessionRow.account_id)
                accounts = list(await session.scalars(ended))
                for account in dict.fromkeys(accounts):
                    detail = f"at the provider, {accounts.count(account)} sessions"
                    await self._trail.note_in(session, BY, "signed-out", "account", account, detail)
        except IntegrityError:
            raise refused("a logout token was sent twice") from None
        return len(accounts)

    async def forget(self) -> str:
        """Delete the announcements that are too old to be taken again, and say how many; a job."""
        async with self._database.writing() as session:
            gone = await session.execute(delete(LogoutRow).where(LogoutRow.until < now()))
        return f"{gone.rowcount} logout tokens forgotten" if gone.rowcount else ""  # type: ignore[attr-defined]
