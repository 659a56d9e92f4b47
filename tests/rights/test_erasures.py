"""The journal of erasures: what a restored backup brings back is erased again, and the journal names nobody."""

import json
import stat
from pathlib import Path

import pytest

from bot.errors import Misconfigured, NotFound, Unavailable
from bot.requests.model import State
from bot.rights.erasure import erase, replay
from bot.rights.erasures import Erasures
from tests.rights.citizen import Office


async def test_what_a_backup_brings_back_is_erased_again(office: Office) -> None:
    gone, stays = await office.talk(), await office.talk()
    request = await office.request(stays, State.EXAMINED)
    draft = await office.request(gone, State.DRAFT)
    await office.send(gone, draft)
    # As after a restore: the journal tells of what is there (again), the request not even over.
    for reference in (gone, request.reference):
        office.holdings.erasures.note(reference)
    other = await office.talk()
    receipts = await replay(office.holdings)
    assert {each.reference for each in receipts} == {gone, request.reference}
    raw = await office.raw()
    for erased in (gone, stays, request.id, draft.id):
        assert erased not in raw
    assert other in raw
    assert office.on_disk() == 0
    assert await replay(office.holdings) == []


async def test_a_copy_of_the_journal_kept_elsewhere_serves_as_well(office: Office, tmp_path: Path) -> None:
    conversation = await office.talk()
    elsewhere = Erasures(tmp_path / "mirror" / "erasures.jsonl", office.cipher)
    elsewhere.note(conversation)
    assert await replay(office.holdings) == []
    assert [each.reference for each in await replay(office.holdings, [elsewhere.path])] == [conversation]


async def test_the_journal_tells_when_and_of_nobody(office: Office) -> None:
    conversation = await office.talk()
    await erase(office.holdings, conversation)
    path = office.holdings.erasures.path
    [line] = path.read_text().splitlines()
    assert set(json.loads(line)) == {"at", "erased"}
    assert conversation not in line
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


async def test_what_was_not_erased_is_not_in_the_journal(office: Office) -> None:
    with pytest.raises(NotFound):
        await erase(office.holdings, "GU-7K3M-9QXD")
    assert office.holdings.erasures.digests() == set()


async def test_without_a_journal_nothing_is_erased(office: Office) -> None:
    conversation = await office.talk()
    office.holdings.erasures.path.mkdir(parents=True)
    with pytest.raises(Unavailable) as refused:
        await erase(office.holdings, conversation)
    assert refused.value.code == "journal-refused"
    assert conversation in await office.raw()


@pytest.mark.parametrize("text", ["not JSON\n", "{}\n", "[1]\n", "é"])
def test_a_file_that_is_no_journal_is_refused_in_one_line(office: Office, tmp_path: Path, text: str) -> None:
    path = tmp_path / "other.jsonl"
    path.write_text(text)
    with pytest.raises(Misconfigured):
        office.holdings.erasures.digests([path])
    with pytest.raises(Misconfigured):
        office.holdings.erasures.digests([tmp_path / "missing"])
