"""A service in a folder of its own: its settings, what citizens left in it, and another place to restore it into."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from bot.db import Base, Database
from bot.operations import rows
from bot.operations.backup import moment
from bot.privacy.encryption import Cipher
from bot.requests.model import State
from bot.settings import Settings
from tests.rights.citizen import Office
from tests.rights.rows import row_of_long_ago


@dataclass
class Place:
    """Where a service is: a data folder and a database.

    Attributes:
        settings: of the service.
        cipher: its keys.
    """

    settings: Settings
    cipher: Cipher

    @classmethod
    def at(cls, folder: Path, url: str, cipher: Cipher) -> "Place":
        """Return a place in a folder, with a database."""
        learned = folder / "learned.yml"
        settings = Settings(data_dir=folder, database_url=url, learned_file=learned, models_dir=folder / "models")
        return cls(settings, cipher)

    @asynccontextmanager
    async def office(self) -> AsyncIterator[Office]:
        """Open the rooms of this place."""
        database = Database(self.settings.database)
        yield Office(database, self.cipher, self.settings.data_dir)
        await database.close()

    async def live(self) -> str:
        """Let a citizen talk, file a request with a photo and say how it went; put a row into each table left empty.

        Returns:
            The conversation.
        """
        async with self.office() as office:
            conversation = await office.talk()
            request = await office.request(conversation, State.FILED)
            await office.send(conversation, request)
            await office.rate(conversation, request.id)
            for table in Base.metadata.sorted_tables:
                if not await office.count(table.name):
                    await _put_one(office, table.name)
        (self.settings.data_dir / "banner.yml").write_text("fr: Fermé lundi\n", encoding="utf-8")
        self.settings.learned_file.write_text("version: '3.1'\n", encoding="utf-8")
        return conversation

    async def digests(self) -> dict[str, tuple[int, str]]:
        """Return the number of rows and the digest of each table."""
        database = Database(self.settings.database)
        async with moment(database) as connection:
            found = await rows.digests(connection)
        await database.close()
        return found

    def files(self) -> dict[str, bytes]:
        """Return the files of the data folder that a backup carries, by name."""
        folder = self.settings.data_dir
        names = ("files", "spool", "banner.yml", "learned.yml")
        paths = [path for name in names for path in [folder / name, *(folder / name).rglob("*")] if path.is_file()]
        return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


async def _put_one(office: Office, name: str) -> None:
    table = Base.metadata.tables[name]
    try:
        async with office.database.writing() as session:
            await session.execute(insert(table).values(row_of_long_ago(table, office.cipher)))
    except IntegrityError:
        return  # it wants a parent of another identifier: its own room fills it elsewhere
