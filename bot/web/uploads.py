"""Files that come in with a form, read piece by piece into memory: nothing of them touches the disk in clear."""

import asyncio
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import HttpProcessingError
from multidict import MultiDict

from bot.errors import InvalidInput, TooLarge
from bot.requests.files_check import Examined, examine
from bot.web.keys import SETTINGS

MEGABYTE = 1_000_000
FILES_A_FORM = 3
"""Full files that one form may bring together: what is read stands in memory."""
MALFORMED = (ValueError, AssertionError, RuntimeError, HttpProcessingError)
"""What aiohttp raises, one way or another, for a form that is not well formed."""
TEXT = 64 * 1024
"""Bytes accepted in a field that is no file."""
# A big image takes some hundred megabytes while it is drawn again: one at a time.
_EXAMINING = asyncio.Semaphore(1)


@dataclass(frozen=True)
class Upload:
    """A file as it came: what it was called and what is in it, neither of them checked."""

    name: str
    content: bytes

    async def examined(self) -> Examined:
        """Return what may be kept of the file.

        Raises:
            Unprocessable: it is none of the accepted types, or it is broken.
        """
        async with _EXAMINING:
            return await asyncio.to_thread(examine, self.content, self.name)


def too_large(limit: int) -> TooLarge:
    """Return the error of a file that has more bytes than a limit."""
    megabytes = limit // MEGABYTE
    return TooLarge(f"The file is larger than {megabytes} MB.", code="file-too-large", limit=megabytes)


def limit_of(request: web.Request) -> int:
    """Return the bytes that one file may have."""
    return request.app[SETTINGS].file_megabytes * MEGABYTE


async def read_upload(part: BodyPartReader, limit: int) -> Upload:
    """Return a part of a form; more than the limit is refused before it is read.

    Raises:
        TooLarge: it has more bytes.
    """
    content = bytearray()
    while chunk := await part.read_chunk(64 * 1024):
        content += chunk
        if len(content) > limit:
            raise too_large(limit)
    # Programs write what a header cannot hold as %20 or %22.
    return Upload(unquote(part.filename or "document"), bytes(content))


async def form_of(request: web.Request) -> Any:
    """Return the fields of a form by their names, its files as `Upload`; it is read once.

    Raises:
        InvalidInput: it is not well formed.
        TooLarge: a file is larger than one may be, or all of them together are too much.
    """
    if request.content_type != "multipart/form-data":
        return await request.post()
    if "form" not in request:
        request["form"] = await _read(request)
    return request["form"]


async def _read(request: web.Request) -> MultiDict[str | Upload]:
    form: MultiDict[str | Upload] = MultiDict()
    limit = limit_of(request)
    left = FILES_A_FORM * limit
    try:
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader) or not part.name:
                continue
            is_file = part.filename is not None
            read = await read_upload(part, min(limit, left) if is_file else TEXT)
            left -= len(read.content)
            # A field for files that was left empty comes as a file without name and content.
            if not is_file:
                form.add(part.name, read.content.decode(errors="replace"))
            elif part.filename and read.content:
                form.add(part.name, read)
    except MALFORMED:
        raise InvalidInput("The form cannot be read.", code="bad-form") from None
    return form
