"""Files that citizens send with a request: kept encrypted, given back to those who may read them, removed for good.

What the office gives with a decision is kept in the same way (`attach`).

A file is sent to a conversation first and belongs to nothing; it answers a field when the citizen's program says its
payload there (`claim`). One that never answers anything is removed after a day, like one whose request is gone.
"""

import asyncio
import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations.tables import ConversationRow
from bot.db import Database, now
from bot.errors import Conflict, NotFound
from bot.privacy.encryption import Cipher
from bot.requests.files_check import Examined
from bot.requests.files_tables import RequestFileRow
from bot.requests.tables import RequestRow
from bot.settings import Settings

UNCLAIMED_FOR = timedelta(hours=24)
"""Time after which a file that answered nothing is removed."""
DOCUMENT = "@document"
"""Stands in `field` for a document that the office gives with a decision: no field of a form has such a name."""
_PAYLOAD = re.compile(r"\bf-([0-9a-f]{32})\b")


@dataclass(frozen=True)
class RequestFile:
    """A file: what it is called, its type and its size in bytes; `request_id` is None until it answers a field."""

    id: str
    name: str
    type: str
    size: int
    conversation_id: str
    request_id: str | None = None
    field: str | None = None

    @property
    def payload(self) -> str:
        """What the citizen's program says to answer a field with this file."""
        return f"f-{self.id}"

    @property
    def is_document(self) -> bool:
        """Whether the office gave it; the citizen reads it when a decision names it."""
        return self.field == DOCUMENT

    def answer(self) -> dict[str, Any]:
        """Return the file as an answer holds it."""
        return {"id": self.id, "name": self.name, "type": self.type, "size": self.size}


def file_ids(text: str) -> list[str]:
    """Return the identifiers of the files whose payloads a text holds."""
    return _PAYLOAD.findall(text)


def open_files(settings: Settings, database: Database, cipher: Cipher) -> "FileStore":
    """Return the files that the settings describe: in the folder `files` of the data folder."""
    return FileStore(database, cipher, settings.data_dir / "files", settings.files_megabytes * 1_000_000)


_UNCLAIMED = RequestFileRow.request_id.is_(None)


class FileStore:
    """The files of requests.

    Args:
        database: where their rows are.
        cipher: encrypts names and contents.
        folder: where the contents are, one file each, named by chance.
        quota: bytes that one conversation may hold.
    """

    def __init__(self, database: Database, cipher: Cipher, folder: Path, quota: int) -> None:
        self._database = database
        self._cipher = cipher
        self._folder = folder
        self._quota = quota

    async def keep(self, conversation_id: str, file: Examined) -> RequestFile:
        """Keep a file that was sent to a conversation.

        Raises:
            NotFound: the conversation was erased.
            Conflict: the conversation holds as much as it may.
        """
        kept = RequestFile(secrets.token_hex(16), file.name, file.type, len(file.content), conversation_id)
        await asyncio.to_thread(self._write, kept.id, file.content)
        try:
            async with self._database.writing() as session:
                # Held while the sum is taken, so that two files sent at once cannot both be the last that fits.
                one = select(ConversationRow.id).where(ConversationRow.id == conversation_id).with_for_update()
                if (await session.execute(one)).scalar_one_or_none() is None:
                    raise NotFound("This conversation was erased.", code="conversation-erased")
                await self._insert(session, kept, (RequestFileRow.conversation_id == conversation_id,))
        except BaseException:
            await asyncio.to_thread(self._unlink, [kept.id])
            raise
        return kept

    async def attach(self, request_id: str, file: Examined) -> RequestFile:
        """Keep a document that the office gives with a request; a decision then names it.

        Raises:
            NotFound: there is no such request.
            Conflict: the office gave as much as it may.
        """
        kept = RequestFile(secrets.token_hex(16), file.name, file.type, len(file.content), "", request_id, DOCUMENT)
        await asyncio.to_thread(self._write, kept.id, file.content)
        theirs = RequestFileRow.request_id == request_id, RequestFileRow.field == DOCUMENT
        try:
            async with self._database.writing() as session:
                one = select(RequestRow.id).where(RequestRow.id == request_id).with_for_update()
                if (await session.execute(one)).scalar_one_or_none() is None:
                    raise NotFound("There is no such request.", code="unknown-request")
                await self._insert(session, kept, theirs)
        except BaseException:
            await asyncio.to_thread(self._unlink, [kept.id])
            raise
        return kept

    async def claim(self, file_id: str, conversation_id: str, request_id: str, field: str) -> RequestFile:
        """Make a file the answer to a field; claiming it again for the same one changes nothing.

        Raises:
            NotFound: no such file was sent in this conversation, or it answers another request.
        """
        async with self._database.writing() as session:
            result = await session.execute(
                update(RequestFileRow)
                .where(
                    RequestFileRow.id == file_id,
                    RequestFileRow.conversation_id == conversation_id,
                    RequestFileRow.request_id.is_(None) | (RequestFileRow.request_id == request_id),
                )
                .values(request_id=request_id, field=field)
            )
            if result.rowcount != 1:  # type: ignore[attr-defined]
                raise NotFound("This file was not sent in this conversation.", code="unknown-file")
        return await self.get(file_id)

    async def get(self, file_id: str) -> RequestFile:
        """Return a file.

        Raises:
            NotFound: there is none of that identifier.
        """
        found = await self._select(RequestFileRow.id == file_id)
        if not found:
            raise NotFound("This file does not exist.", code="unknown-file")
        return found[0]

    async def of_request(self, request_id: str) -> list[RequestFile]:
        """Return what the citizen sent with a request, in its order; who may see it is for the caller to say."""
        return await self._select(RequestFileRow.request_id == request_id, RequestFileRow.field != DOCUMENT)

    async def all_of_request(self, request_id: str) -> list[RequestFile]:
        """Return the files of both sides: what the citizen sent and what the office gave."""
        return await self._select(RequestFileRow.request_id == request_id)

    async def remove(self, file: RequestFile) -> None:
        """Remove a file for good."""
        await self._delete([file.id])

    async def content(self, file: RequestFile) -> bytes:
        """Return what is in a file.

        Raises:
            NotFound: it was removed.
        """
        try:
            sealed = await asyncio.to_thread(self._path(file.id).read_bytes)
        except FileNotFoundError:
            raise NotFound("This file does not exist.", code="unknown-file") from None
        return await asyncio.to_thread(self._cipher.unseal, sealed)

    async def keep_only(self, request_id: str, file_ids: Iterable[str]) -> int:
        """Remove the files of a request but some; return how many were removed."""
        wanted = set(file_ids)
        return await self._delete([each.id for each in await self.of_request(request_id) if each.id not in wanted])

    async def delete_files(self, request_id: str) -> int:
        """Remove every file of a request; return how many were removed."""
        return await self.keep_only(request_id, [])

    async def delete_unclaimed(self, conversation_id: str) -> int:
        """Remove the files of a conversation that answer nothing; return how many were removed."""
        found = await self._select(RequestFileRow.conversation_id == conversation_id, _UNCLAIMED)
        return await self._delete([each.id for each in found])

    async def forget(self, conversation_id: str) -> int:
        """Remove the files of a conversation that was erased, but those of requests that stay, which lose its name.

        Returns:
            How many were removed.
        """
        mine = RequestFileRow.conversation_id == conversation_id
        stays = RequestFileRow.request_id.in_(select(RequestRow.id))
        removed = await self._delete([each.id for each in await self._select(mine, ~stays | _UNCLAIMED)])
        async with self._database.writing() as session:
            await session.execute(update(RequestFileRow).where(mine).values(conversation_id=""))
        return removed

    async def delete_orphans(self) -> int:
        """Remove the files of requests that are gone; return how many were removed."""
        orphan = RequestFileRow.request_id.is_not(None) & RequestFileRow.request_id.not_in(select(RequestRow.id))
        return await self._delete([each.id for each in await self._select(orphan)])

    async def sweep(self) -> str:
        """Remove what answered nothing for a day, and what has no request or no row any more (a periodic job)."""
        late = now() - UNCLAIMED_FOR
        forgotten = _UNCLAIMED & (RequestFileRow.at < late)
        removed = await self.delete_orphans()
        removed += await self._delete([each.id for each in await self._select(forgotten)])
        async with self._database.reading() as session:
            known = set(await session.scalars(select(RequestFileRow.id)))
        lost = await asyncio.to_thread(self._lost, known, late.timestamp())
        await asyncio.to_thread(self._unlink, lost)
        removed += len(lost)
        return f"{removed} files removed" if removed else ""

    async def _insert(self, session: AsyncSession, kept: RequestFile, beside: Sequence[ColumnElement[bool]]) -> None:
        total = select(func.coalesce(func.sum(RequestFileRow.size), 0)).where(*beside)
        if (await session.execute(total)).scalar_one() + kept.size > self._quota:
            raise Conflict("There are as many files as there may be.", code="files-quota")
        row: dict[str, Any] = {"id": kept.id, "conversation_id": kept.conversation_id, "request_id": kept.request_id}
        row |= {"field": kept.field, "type": kept.type, "size": kept.size, "at": now()}
        await session.execute(insert(RequestFileRow).values(**row, name=self._cipher.encrypt(kept.name)))

    async def _select(self, *conditions: Any) -> list[RequestFile]:
        async with self._database.reading() as session:
            rows = await session.scalars(
                select(RequestFileRow).where(*conditions).order_by(RequestFileRow.at, RequestFileRow.id)
            )
            return [
                RequestFile(
                    row.id,
                    self._cipher.decrypt(row.name),
                    row.type,
                    row.size,
                    row.conversation_id,
                    row.request_id,
                    row.field,
                )
                for row in rows
            ]

    async def _delete(self, file_ids: list[str]) -> int:
        if file_ids:
            # The contents first: what stays after a crash between the two is a row, which the next sweep finds.
            await asyncio.to_thread(self._unlink, file_ids)
            async with self._database.writing() as session:
                await session.execute(delete(RequestFileRow).where(RequestFileRow.id.in_(file_ids)))
        return len(file_ids)

    def _write(self, file_id: str, content: bytes) -> None:
        path = self._path(file_id)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
        path.write_bytes(self._cipher.seal(content))

    def _unlink(self, file_ids: list[str]) -> None:
        for file_id in file_ids:
            self._path(file_id).unlink(missing_ok=True)

    def _lost(self, known: set[str], before: float) -> list[str]:
        """Return the contents that no row names; a recent one may have its row to come."""
        contents = self._folder.glob("??/*")
        return [path.name for path in contents if path.name not in known and path.stat().st_mtime < before]

    def _path(self, file_id: str) -> Path:
        return self._folder / file_id[:2] / file_id
