"""The evidence for an audit (ISO 9001: 9.1 indicators, 10.2 actions, 9.3 reviews) as a PDF that everybody can read."""

import asyncio
import json
from dataclasses import asdict, dataclass
from importlib.resources import files

_AT_ONCE = asyncio.Semaphore(1)


@dataclass(frozen=True)
class Table:
    """A table: its columns, and rows of as many cells."""

    columns: list[str]
    rows: list[list[str]]


@dataclass(frozen=True)
class Part:
    """A part of the evidence: a heading, sentences, and a table; without rows it says so."""

    heading: str
    lines: list[str]
    table: Table
    empty: str


@dataclass(frozen=True)
class Evidence:
    """The whole document; `warning` says that its figures are made up, "" when they are real."""

    language: str
    title: str
    subtitle: str
    warning: str
    parts: list[Part]


async def evidence_pdf(evidence: Evidence) -> bytes:
    """Return the PDF (PDF/UA-1), made in a thread, one at a time."""
    async with _AT_ONCE:
        return await asyncio.to_thread(_compile, evidence)


def _compile(evidence: Evidence) -> bytes:
    import typst  # 6 MB, of use from the first document on.

    source = files("bot.improvement").joinpath("evidence.typ").read_bytes()
    data = json.dumps(asdict(evidence), ensure_ascii=False)
    return typst.compile(
        source, format="pdf", sys_inputs={"evidence": data}, pdf_standards=["ua-1"], ignore_system_fonts=True
    )
