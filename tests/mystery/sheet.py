"""A blind sheet for readers: conversations drawn at random, a line of JSON each, without any score.

A reader writes a line of marks for each, as docs/mystery-rubric.md says (`{"id", "understood", "answered", "usable",
"tone"}`); `tests/mystery/agreement.py` compares the marks of two.
"""

import json
import random
from collections.abc import Sequence
from pathlib import Path

from tests.mystery.transcript import Record, Reply

SEED = 12


def write_sheet(records: Sequence[Record], path: Path, size: int) -> int:
    """Draw conversations in which something was said, write them, and return how many there are.

    Args:
        records: all that were played.
        path: of the sheet.
        size: how many to draw at most.
    """
    spoken = sorted((record for record in records if record.spoken), key=lambda record: record.visit.name)
    drawn = random.Random(SEED).sample(spoken, min(size, len(spoken)))
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps(_shown(record), ensure_ascii=False) for record in drawn]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return len(drawn)


def _shown(record: Record) -> dict[str, object]:
    """Return what a reader needs: who came, for what, and what both said; nothing of what a program expected."""
    visit = record.visit
    talk = [{"citizen": each.said, **_answer(each.reply)} for each in record.exchanges if each.spoken]
    return {"id": visit.name, "who": visit.who, "wants": visit.wants, "door": visit.door, "talk": talk}


def _answer(reply: Reply) -> dict[str, object]:
    sources = [f"{source.get('title')} ({source.get('checked')})" for m in reply.messages for source in m.sources]
    return {"assistant": reply.text.strip(), "sources": sources, "buttons": reply.buttons}
