"""What of the accounts goes by itself: invitations that nobody used in time."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.tables import InvitationRow


def expired_invitations(at: datetime) -> Select[tuple[str]]:
    """Return the query of the invitations that open nothing any more at a time."""
    return select(InvitationRow.token_hash).where(InvitationRow.expires_at < at)


async def erase_invitations(session: AsyncSession, hashes: Sequence[str]) -> None:
    """Erase invitations."""
    await session.execute(delete(InvitationRow).where(InvitationRow.token_hash.in_(hashes)))
