"""The log is looked through part by part: a page that ends before it is full says so, and nothing is lost by it."""

from datetime import timedelta

import pytest

from bot.conversations.review_queries import about
from bot.conversations.transcripts import Filter, Transcripts
from bot.db import Database
from tests.benchmarks.million import BEGINNING

WHEN = {"since": BEGINNING + timedelta(days=200), "until": BEGINNING + timedelta(days=500)}
WAYS = {
    "few at once": Filter(confidence_below=0.9, language="en", turns_from=5),
    "a span of time": Filter(moment="submission", **WHEN),
    "words": Filter(text="passeport", turns_from=5),
    "words in a span of time": Filter(text="passeport", **WHEN),
    "nothing": Filter(intent="no_such_intent"),
}
HURRY = {"patience": 0.0, "span": 100}


async def _walk(log: Transcripts, wanted: Filter, size: int) -> tuple[list[str], int]:
    """Return the conversations of all pages, and how many pages said that they ended early."""
    found, early, after = [], 0, None
    services = about(["school-enrolment", "nursery", "labour-court"])
    while True:
        page = await log.page(wanted, among=[services], after=after, size=size)
        found += [each.conversation_id for each in page.lines]
        assert len(page.lines) == size or page.looked_to or page.after is None
        early += page.looked_to is not None
        if (after := page.after) is None:
            return found, early


@pytest.mark.parametrize("way", WAYS)
async def test_who_has_no_patience_finds_the_same_in_more_pages(filled: Database, way: str) -> None:
    whole, early = await _walk(Transcripts(filled, patience=60), WAYS[way], 1000)
    assert early == 0
    for size in (3, 50):
        found, early = await _walk(Transcripts(filled, **HURRY), WAYS[way], size)
        assert found == whole
        assert early > 0
    assert len(whole) == len(set(whole))
    assert whole or way == "nothing"


async def test_a_part_that_is_quick_makes_the_next_one_longer_and_the_page_is_full(filled: Database) -> None:
    page = await Transcripts(filled, patience=60, span=20).page(Filter(language="en"), size=10)
    assert len(page.lines) == 10
    assert page.looked_to is None


async def test_it_is_said_back_to_when_was_looked_and_where_it_goes_on(filled: Database) -> None:
    log = Transcripts(filled, **HURRY)
    newest = (await log.page(Filter(), size=1)).lines[0].at
    page = await log.page(Filter(intent="no_such_intent"))
    assert page.lines == []
    assert page.looked_to is not None
    assert page.looked_to < newest
    further = await log.page(Filter(intent="no_such_intent"), after=page.after)
    assert further.looked_to is not None
    assert further.looked_to < page.looked_to
