"""Keys and the data that they encrypt: a check at the start, and rotation.

What is encrypted lies in binary columns, and in the folder `files` of the data folder, whichever room put it there, so
that nothing is forgotten: it is looked for in the database and the folder themselves. A rotation may be interrupted and
begun again, and the service goes on meanwhile: it follows the key file, whose new key is there before anything is
encrypted with it.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet
from sqlalchemy import Column, Connection, LargeBinary, MetaData, Table, and_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import Database
from bot.errors import Misconfigured
from bot.privacy.encryption import TOKEN_BEGINS, Cipher, key_file, open_cipher, write_keys
from bot.settings import Settings

BATCH = 500
"""Values read and written in one transaction."""
NOT_OURS = ("turns_text", "sqlite_")
"""Tables whose binary columns belong to the database: the full text of SQLite."""


@dataclass(frozen=True)
class Rotation:
    """What a rotation did.

    Attributes:
        added: whether a new key was made.
        renewed: how many values were encrypted again.
        older: how many older keys are still there.
        codes: what must stand beside the key in `GUICHET_SECRET_KEY` once the older ones are taken away; "" when the
            keys are in a file, where it was written.
    """

    added: bool
    renewed: int
    older: int
    codes: str = ""


async def check(database: Database, settings: Settings) -> None:
    """Make sure that the keys open what is in the database.

    Raises:
        Misconfigured: there are encrypted data and no key, another key, or one that cannot be read.
    """
    encrypted = [token async for token in _samples(database)]
    path = key_file(settings.data_dir)
    if encrypted and not settings.secret_key and not path.exists():
        raise Misconfigured(
            f"The key file {path} is missing and the database holds encrypted data: put it back from your backup, or "
            "set GUICHET_SECRET_KEY.",
            code="key-missing",
        )
    cipher = open_cipher(settings)
    for token in encrypted:
        cipher.renew(token)


async def rotate(database: Database, settings: Settings, *, drop_old: bool = False) -> Rotation:
    """Encrypt everything with the first key, after making one if there is a single key in the file.

    Args:
        database: whose data are encrypted again.
        settings: where the keys are.
        drop_old: take the older keys away at the end; what access codes come from is kept.

    Raises:
        Misconfigured: a value was encrypted with none of the keys, there is no second key to rotate to or to drop, or
            the spool of this machine, which is encrypted too, is not empty.
    """
    spool = settings.data_dir / "spool" / "waiting"
    if drop_old and spool.exists() and spool.stat().st_size:
        raise Misconfigured(
            f"{spool} holds messages that the database has not got yet: drop the old key when it is empty.",
            code="spool-waits",
        )
    cipher = open_cipher(settings)
    path = None if settings.secret_key else key_file(settings.data_dir)
    single = len(cipher.keys) == 1
    if single and (drop_old or path is None):
        raise Misconfigured(
            "There is one key: nothing is older. Without --drop-old a new key is made."
            if path
            else "GUICHET_SECRET_KEY holds one key: put a new one before it, restart, and run this again.",
            code="single-key",
        )
    if single and path is not None:
        write_keys(path, [Fernet.generate_key().decode(), *path.read_text().split()])
        cipher = open_cipher(settings)
    renewed = 0
    for column in await _binary_columns(database):
        renewed += await _renew(database, column, cipher)
    renewed += await asyncio.to_thread(_renew_files, settings.data_dir / "files", cipher)
    if not drop_old:
        return Rotation(single, renewed, len(cipher.keys) - 1)
    if path is None:
        return Rotation(False, renewed, len(cipher.keys) - 1, cipher.codes)
    write_keys(path, [cipher.keys[0], cipher.codes])
    return Rotation(False, renewed, 0)


async def _renew(database: Database, column: Column[bytes], cipher: Cipher) -> int:
    table = column.table
    key = list(table.primary_key.columns)
    last: tuple[Any, ...] | None = None
    renewed = 0
    while True:
        query = select(*key, column).where(column.is_not(None)).order_by(*key).limit(BATCH)
        if last is not None:
            query = query.where(tuple_(*key) > last)
        async with database.writing() as session:
            rows = (await session.execute(query)).all()
            for row in rows:
                renewed += await _renew_one(session, column, row, cipher)
        if len(rows) < BATCH:
            return renewed
        last = tuple(rows[-1][:-1])


async def _renew_one(session: AsyncSession, column: Column[bytes], row: Sequence[Any], cipher: Cipher) -> int:
    identity, token = row[:-1], bytes(row[-1])
    if not token.startswith(TOKEN_BEGINS):
        return 0
    try:
        fresh = cipher.renew(token)
    except Misconfigured as error:
        raise Misconfigured(
            f"A value of {column.table.name}.{column.name} was encrypted with none of the keys: put its key back after "
            "the others and run this again. What was done so far stays done.",
            code=error.code,
        ) from None
    if fresh is None:
        return 0
    same = zip(column.table.primary_key.columns, identity, strict=True)
    # The value must still be the one that was read: the service goes on writing on PostgreSQL.
    where = and_(*(each == value for each, value in same), column == token)
    result = await session.execute(update(column.table).where(where).values({column: fresh}))
    return int(result.rowcount)  # type: ignore[attr-defined]


def _renew_files(folder: Path, cipher: Cipher) -> int:
    renewed = 0
    for path in (each for each in folder.rglob("*") if each.is_file()):
        token = path.read_bytes()
        if not token.startswith(TOKEN_BEGINS):
            continue
        try:
            fresh = cipher.renew(token)
        except Misconfigured as error:
            raise Misconfigured(f"{path} was encrypted with none of the keys.", code=error.code) from None
        if fresh is not None:
            draft = path.with_name(f"{path.name}.renewed")
            draft.touch(mode=0o600)
            draft.write_bytes(fresh)
            draft.replace(path)
            renewed += 1
    return renewed


async def _samples(database: Database) -> AsyncIterator[bytes]:
    """Yield one encrypted value of each column that has any."""
    for column in await _binary_columns(database):
        async with database.reading() as session:
            token = await session.scalar(select(column).where(column.is_not(None)).limit(1))
        if token is not None and bytes(token).startswith(TOKEN_BEGINS):
            yield bytes(token)


async def _binary_columns(database: Database) -> list[Column[bytes]]:
    def reflect(connection: Connection) -> list[Table]:
        found = MetaData()
        found.reflect(connection, only=lambda name, _: not name.startswith(NOT_OURS))
        return found.sorted_tables

    async with database.engine.connect() as connection:
        tables = await connection.run_sync(reflect)
    return [column for table in tables for column in table.columns if isinstance(column.type, LargeBinary)]
