"""Erasure on demand: what goes, what must stay with the office, and a receipt that holds nothing personal."""

import pytest

from bot.errors import Conflict, NotFound
from bot.requests.model import State
from bot.rights.erasure import erase
from bot.satisfaction.verbatims_read import read_new
from tests.rights.citizen import Office, resume


async def test_a_conversation_goes_whole_with_its_drafts_and_leaves_the_others(office: Office) -> None:
    erased, other = await office.talk(), await office.talk()
    draft = await office.request(erased, State.DRAFT)
    await office.request(other, State.DRAFT)
    await office.rate(erased)
    receipt = await erase(office.holdings, erased)
    assert receipt.erased == {
        **{"conversations": 1, "messages": 4, "turns": 1, "buttons": 3, "waiting": 1},
        "drafts": 1,
    }
    assert (receipt.unlinked, receipt.kept) == ({"feedback": 1}, {})
    raw = await office.raw()
    assert erased not in raw
    assert draft.id not in raw
    assert other in raw
    assert await office.count("requests") == await office.count("turns") == 1


async def test_the_note_stays_as_a_figure_and_its_words_go(office: Office) -> None:
    conversation = await office.talk()
    await office.rate(conversation)
    await read_new(office.database, office.folder)
    assert await office.count("verbatim_readings") == 1
    await erase(office.holdings, conversation)
    assert (await office.count("feedback"), await office.count("verbatim_readings")) == (1, 0)
    assert "trop long" not in await office.raw()


@pytest.mark.parametrize("state", [State.FILED, State.EXAMINED, State.ACCEPTED])
async def test_a_request_that_was_filed_stays_with_its_office_without_the_conversation(
    office: Office, state: State
) -> None:
    conversation = await office.talk()
    request = await office.request(conversation, state)
    receipt = await erase(office.holdings, conversation)
    assert receipt.kept == {"requests": 1}
    assert (await office.requests.get(request.id)).conversation_id is None
    assert conversation not in await office.raw()


@pytest.mark.parametrize("written", ["{}", " {} ", "gu {1} {2}"])
async def test_a_request_that_is_over_goes_with_all_conversations_that_show_its_answers(
    office: Office, written: str
) -> None:
    filed_in, stranger = await office.talk(), await office.talk()
    request = await office.request(filed_in, State.REFUSED)
    began_in = await office.talk(resume(request))
    await office.rate(filed_in, request.id)
    _, *parts = request.reference.split("-")
    receipt = await erase(office.holdings, written.format(request.reference, *parts).lower())
    assert receipt.reference == request.reference
    assert (receipt.erased["requests"], receipt.erased["events"], receipt.erased["conversations"]) == (1, 2, 2)
    assert receipt.unlinked == {"feedback": 1}
    raw = await office.raw()
    for gone in (filed_in, began_in, request.id, request.reference, "trop long"):
        assert gone not in raw
    assert stranger in raw


@pytest.mark.parametrize("state", [State.FILED, State.TO_COMPLETE, State.EXAMINED])
async def test_a_request_that_is_not_over_is_kept_unless_the_office_insists(office: Office, state: State) -> None:
    request = await office.request(await office.talk(), state)
    before = await office.raw()
    with pytest.raises(Conflict, match=r"17\(3\)\(b\)") as caught:
        await erase(office.holdings, request.reference)
    assert caught.value.code == "request-under-way"
    assert await office.raw() == before
    assert (await erase(office.holdings, request.reference, under_way_too=True)).erased["requests"] == 1


async def test_another_request_of_the_same_conversation_only_loses_the_conversation(office: Office) -> None:
    conversation = await office.talk()
    over, open_one = [await office.request(conversation, state) for state in (State.CLOSED, State.EXAMINED)]
    receipt = await erase(office.holdings, over.reference)
    assert receipt.kept == {"requests": 1}
    assert (await office.requests.get(open_one.id)).conversation_id is None


@pytest.mark.parametrize("reference", ["", "GU-7K3M-9QXD", "0" * 24, "'; DROP TABLE turns", "é\x00", "Zéphyrine"])
async def test_what_leads_to_nothing_is_refused_without_being_repeated(office: Office, reference: str) -> None:
    with pytest.raises(NotFound) as caught:
        await erase(office.holdings, reference)
    assert caught.value.code == "unknown-reference"
    assert not reference or reference not in caught.value.message


async def test_the_receipt_says_when_and_how_much_and_nothing_else(office: Office) -> None:
    conversation = await office.talk()
    receipt = (await erase(office.holdings, conversation)).wire()
    assert set(receipt) == {"number", "reference", "at", "erased", "unlinked", "kept"}
    assert receipt["reference"] == conversation
    assert "Quatrebarbes" not in str(receipt)
    assert all(isinstance(count, int) for count in receipt["erased"].values())
