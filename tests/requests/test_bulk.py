"""The same thing done to several requests: foreseen, then done to each once."""

import asyncio
from dataclasses import replace

import pytest

from bot.errors import Unprocessable
from bot.requests.bulk import Action, Deed, foresee, perform
from bot.requests.casework import CITIZEN, Casework
from bot.requests.events import Kind
from bot.requests.model import State
from bot.requests.store import RequestStore
from tests.requests.conftest import AGENT, filed

REFUSE = Action(Deed.REFUSE, "Cette démarche est close depuis le 1er juillet.")


async def _seen(casework: Casework, *references: str) -> dict[str, int]:
    return {each: (await casework.history(each))[-1].number for each in references}


async def test_what_is_foreseen_changes_nothing_and_says_why_some_are_refused(
    requests: RequestStore, casework: Casework
) -> None:
    open_one, withdrawn = await filed(requests), await filed(requests)
    await casework.advance(withdrawn.reference, State.WITHDRAWN, CITIZEN)
    await casework.send_message(open_one.reference, CITIZEN, "Avez-vous reçu ma lettre ?")
    chosen = [await requests.get(each.id) for each in (open_one, withdrawn)]
    before = await _seen(casework, open_one.reference, withdrawn.reference)
    first, second = await foresee(casework, chosen, REFUSE, AGENT)
    assert (first.refused, first.unread) == (None, 1)
    assert second.refused is not None
    assert second.refused.code == "wrong-state"
    [without_reason, _] = await foresee(casework, chosen, Action(Deed.REFUSE), AGENT)
    assert without_reason.refused is not None
    assert without_reason.refused.code == "reason-missing"
    assert await _seen(casework, open_one.reference, withdrawn.reference) == before


@pytest.mark.parametrize("deed", [Deed.ASK, Deed.WRITE])
async def test_what_needs_words_is_refused_without_any(requests: RequestStore, casework: Casework, deed: Deed) -> None:
    with pytest.raises(Unprocessable):
        await foresee(casework, [await filed(requests)], Action(deed), AGENT)


@pytest.mark.parametrize(
    "action",
    [Action(Deed.EXAMINE), REFUSE, Action(Deed.ASK, "Justificatif de domicile"), Action(Deed.WRITE, "Nous avançons.")],
    ids=lambda action: str(action.deed),
)
async def test_pressed_twice_at_once_each_request_gets_one_event(
    requests: RequestStore, casework: Casework, action: Action
) -> None:
    references = [(await filed(requests)).reference for _ in range(3)]
    seen = await _seen(casework, *references)
    twice = await asyncio.gather(*(perform(casework, seen, action, AGENT) for _ in range(2)))
    assert [each.refused for done in twice for each in done] == [None] * 6, "the second press says what the first did"
    assert sum(each.before for done in twice for each in done) == 3
    assert await _seen(casework, *references) == {each: number + 1 for each, number in seen.items()}
    [last, *_] = reversed(await casework.history(references[0]))
    assert last.by == AGENT.name
    assert last.kind is (Kind.MESSAGE if action.deed is Deed.WRITE else Kind.STATE)
    _, faults = await casework.verify()
    assert faults == []


async def test_what_happened_meanwhile_keeps_a_request_as_it_is_and_the_others_go_on(
    requests: RequestStore, casework: Casework
) -> None:
    changed, untouched = await filed(requests), await filed(requests)
    seen = await _seen(casework, changed.reference, untouched.reference)
    await casework.send_message(changed.reference, CITIZEN, "J'ai trouvé le document !")
    first, second = await perform(casework, seen, REFUSE, AGENT)
    assert first.refused is not None
    assert first.refused.code == "changed-since"
    assert second.refused is None
    assert (await requests.get(changed.id)).state is State.FILED
    assert (await requests.get(untouched.id)).state is State.REFUSED


async def test_the_same_thing_done_by_a_colleague_is_not_taken_for_ones_own(
    requests: RequestStore, casework: Casework
) -> None:
    request = await filed(requests)
    seen = await _seen(casework, request.reference)
    await perform(casework, seen, REFUSE, replace(AGENT, name="lucien"))
    [done] = await perform(casework, seen, REFUSE, AGENT)
    assert done.refused is not None
