"""Table of the files of requests; their contents are in the data folder, encrypted."""

from datetime import datetime

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base


class RequestFileRow(Base):
    """A file that a citizen sent.

    Neither column is a foreign key: the content on the disk must go with the row, and only `FileStore` does both.
    """

    __tablename__ = "request_files"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(String(32), index=True)
    # None until it answers a field of a request.
    request_id: Mapped[str | None] = mapped_column(String(32), index=True)
    field: Mapped[str | None] = mapped_column(String(40))
    # Encrypted: people call their files by their names.
    name: Mapped[bytes] = mapped_column(LargeBinary)
    type: Mapped[str] = mapped_column(String(40))
    size: Mapped[int]
    at: Mapped[datetime]
