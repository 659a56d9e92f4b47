"""The acknowledgement as a PDF that a screen reader can read (PDF/UA-1): tagged, with its language and its title."""

import asyncio
import json
from dataclasses import asdict
from importlib.resources import files

from bot.requests.receipt import Receipt

_AT_ONCE = asyncio.Semaphore(2)


async def receipt_pdf(receipt: Receipt) -> bytes:
    """Return the PDF of an acknowledgement.

    It is made in a thread, two at a time: the compiler lets go of Python's lock, needs some 10 ms and 30 MB
    (docs/requests.md), so the event loop goes on and memory stays bounded.
    """
    async with _AT_ONCE:
        return await asyncio.to_thread(_compile, receipt)


def _compile(receipt: Receipt) -> bytes:
    import typst  # 6 MB, of use from the first document on.

    source = files("bot.requests").joinpath("receipt.typ").read_bytes()
    data = json.dumps(asdict(receipt), ensure_ascii=False)
    # PDF/UA-1 makes the compiler refuse what a screen reader could not read. The fonts are those of the library, so
    # that the document is the same on every machine.
    return typst.compile(
        source, format="pdf", sys_inputs={"receipt": data}, pdf_standards=["ua-1"], ignore_system_fonts=True
    )
