"""The form engine, its real actions and database: whatever is said, nothing is lost and nothing is asked in vain."""

import asyncio
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from actions.desk import Desk
from bot.catalogue.form import FieldType
from bot.catalogue.load import Catalogue
from bot.requests.fields import read_answer, show_answer
from bot.requests.model import CONFIRM, asked, kept, next_field, previous_field, step_of
from tests.requests.filling import NAME, Filling, answer_until, begun, desk_at, text_for

BIRTH = "birth-certificate"


async def test_several_answers_are_taken_at_once_and_said_back(desk: Desk) -> None:
    filling = await begun(desk, BIRTH)
    await answer_until(filling, "birth_name")
    await filling.say("Jean Dupont, né le 3 mars 1980 à Lyon, jean@exemple.fr")
    answers = await filling.answers()
    assert answers["birth_name"] == "Dupont"
    assert (answers["birth_date"], answers["birth_commune"]) == ("1980-03-03", "Lyon")
    said = filling.value("utter_noted", "answers")
    assert "Date de naissance : 03/03/1980" in said
    assert filling.value("utter_noted", "log_as") == (
        "[noté : birth_name, given_names, birth_date, birth_commune, email]"
    )
    # What was not in the message is asked next, and nothing that was.
    assert filling.step == "parents_names"
    await filling.say("passer")
    assert filling.step == "address"
    await filling.say("17 venelle du Chat, 35000 Rennes")
    assert filling.step == CONFIRM


async def test_a_date_that_was_worked_out_is_said_back(desk: Desk) -> None:
    filling = await begun(desk, "bulky-waste")
    await answer_until(filling, "wished_date")
    await filling.say("demain en quinze")
    due = date.today() + timedelta(days=15)
    assert filling.value("utter_noted", "answers") == f"Date souhaitée : {due:%d/%m/%Y}"
    await filling.say("retour")
    await filling.say(f"{due:%d/%m/%Y}")
    assert "utter_noted" not in filling.responses


async def test_what_was_given_in_another_request_is_offered_and_kept_with_a_button(desk: Desk) -> None:
    first = await begun(desk, BIRTH)
    await answer_until(first)
    second = await begun(desk, "bulky-waste")
    await answer_until(second, "address")
    assert second.value("utter_offer_earlier", "value") == "17 venelle du Chat, 35000 Rennes"
    [offer] = [each for each in second.said if each["response"] == "utter_offer_earlier"]
    # The value is in the text, which is encrypted, and in no button and no log.
    assert "Chat" not in str(offer["buttons"]) + str(offer["custom"]) + offer["log_as"]
    await second.press("answer_field", field="address", keep="keep")
    assert (await second.answers())["address"] == "17 venelle du Chat, 35000 Rennes"
    assert second.step == "phone"


@pytest.mark.parametrize("words", ["oui", "on garde", "Garder", "yes"])
async def test_what_is_offered_can_be_kept_in_words(desk: Desk, words: str) -> None:
    await answer_until(await begun(desk, BIRTH))
    second = await begun(desk, "bulky-waste")
    await answer_until(second, "address")
    await second.say(words, "affirm", 0.99)
    assert second.step == "phone"


async def test_what_is_offered_can_be_declined_or_replaced(desk: Desk) -> None:
    await answer_until(await begun(desk, BIRTH))
    second = await begun(desk, "bulky-waste")
    await answer_until(second, "address")
    await second.say("non", "deny", 0.99)
    assert (second.step, second.responses) == ("address", ["utter_field"])
    await second.say("3 rue des Lilas, 35000 Rennes")
    assert (await second.answers())["address"] == "3 rue des Lilas, 35000 Rennes"


async def test_nothing_is_offered_from_somebody_elses_conversation(desk: Desk) -> None:
    await answer_until(await begun(desk, BIRTH, "c1"))
    stranger = await begun(desk, "bulky-waste", "c2")
    await answer_until(stranger, "address")
    assert stranger.responses == ["utter_field"]


async def test_nothing_is_offered_from_a_request_that_was_given_up(desk: Desk) -> None:
    first = await begun(desk, BIRTH)
    await answer_until(first)
    await desk.requests.withdraw_draft(first.slots["draft"])
    second = await begun(desk, "bulky-waste")
    await answer_until(second, "address")
    assert second.responses == ["utter_field"]


async def test_the_case_that_was_told_is_offered(desk: Desk) -> None:
    filling = await begun(desk, "family-booklet", situation={"reason": "lost"})
    assert filling.value("utter_offer_said", "value") == "Perdu"
    await filling.press("answer_field", field="reason", keep="keep")
    assert (await filling.answers())["reason"] == "lost"


async def test_going_back_shows_the_answer_and_passing_keeps_it(desk: Desk) -> None:
    filling = await begun(desk, BIRTH)
    await answer_until(filling, "birth_date")
    await filling.say("retour")
    assert filling.value("utter_offer_present", "value") == NAME
    await filling.say("passer")
    assert filling.step == "birth_date"
    assert (await filling.answers())["given_names"] == NAME


async def test_an_optional_answer_can_be_taken_back(desk: Desk) -> None:
    filling = await begun(desk, BIRTH)
    await answer_until(filling, "address")
    await filling.say("retour")
    await filling.press("answer_field", field="parents_names", keep="remove")
    assert (await filling.answers())["parents_names"] is None
    assert filling.step == "address"


async def test_a_question_added_to_the_catalogue_is_asked_before_an_old_draft_is_sent(desk: Desk) -> None:
    filling = await begun(desk, BIRTH)
    await answer_until(filling)
    answers = await filling.answers()
    del answers["address"]
    await desk.requests.answer(filling.slots["draft"], answers)
    await filling.press("confirm_request")
    assert (filling.ended, filling.step) == (None, "address")


WRONG = ["", "?!", "\x00", "😀", "<script>@", "x" * 3000]


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
@settings(max_examples=10, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_whatever_the_order_no_answer_is_lost_and_the_summary_is_what_was_answered(
    request: pytest.FixtureRequest, catalogue: Catalogue, tmp_path: Path, kind: str, data: st.DataObject
) -> None:
    url = request.getfixturevalue(f"{kind}_url")
    service = data.draw(st.sampled_from([each.id for each in catalogue.submittable]))
    steps = data.draw(st.lists(st.tuples(st.sampled_from("aaaabswqpe"), st.integers(0, 50)), max_size=15))

    async def play() -> None:
        async with desk_at(url, tmp_path, catalogue) as desk:
            filling = await begun(desk, service, data.draw(st.uuids()).hex)
            expected: dict[str, Any] = {}
            for kind, number in steps:
                expected = await _step(filling, kind, number, expected)
                assert await filling.answers() == expected
                names = [field.id for field in asked(filling.form, expected)]
                assert filling.step in [*names, CONFIRM]
                assert not filling.ended
            if filling.step == CONFIRM or filling.slots.get("quiet"):
                await filling.say("répéter")
            while filling.step != CONFIRM:
                expected = await _step(filling, "a", 0, expected)
            assert await filling.answers() == expected
            shown = [
                f"- {field.label.fr} : {show_answer(field, expected[field.id], 'fr')}"
                for field in asked(filling.form, expected)
            ]
            assert filling.value("utter_summary", "lines") == "\n".join(shown)

    asyncio.run(play())


async def _step(filling: Filling, kind: str, number: int, expected: dict[str, Any]) -> dict[str, Any]:
    """Do one thing that a citizen may do, and return the answers that must be there after it."""
    form, today = filling.form, date.today()
    fields = asked(form, expected)
    field = form.field(filling.step)
    before = filling.step
    if kind == "a" and field is not None:
        text = text_for(field, today)
        if field.choices:
            text = field.choices[number % len(field.choices)].title.fr
        if field.type is FieldType.BOOLEAN:
            text = ("oui", "non")[number % 2]
        await filling.say(text)
        if field.type is FieldType.FILE:
            return kept(form, {**expected, field.id: expected.get(field.id)})
        expected = kept(form, {**expected, field.id: read_answer(field, text, today)})
        following = next_field(form, expected)
        assert filling.step == (following.id if following else CONFIRM)
    elif kind == "b":
        earlier = previous_field(form, expected, before)
        await filling.say("retour", "go_back", 0.99)
        assert filling.step == (earlier.id if earlier else before)
    elif kind == "s" and field is not None:
        await filling.say("passer", "skip", 0.99)
        if not field.required and expected.get(field.id) is None:
            expected = {**expected, field.id: None}
    elif kind == "w" and field is not None and field.type is not FieldType.LONG_TEXT:
        await filling.say(WRONG[number % len(WRONG)])
        if field.type is FieldType.TEXT:
            return await filling.answers()  # nearly anything is a text; what was taken is checked by the summary
        assert filling.step == before
    elif kind == "q":
        taken = await filling.say("et ça coûte combien ?", "ask_price", 0.99)
        assert (taken, filling.step) == (False, before)
    elif kind == "p":
        await filling.say("pourquoi cette question ?", "ask_why", 0.99)
        assert filling.step == before
    elif kind == "e":
        given = [each for each in fields if each.id in expected]
        if given:
            changed = given[number % len(given)]
            await filling.press("edit_answer", field=changed.id)
            assert filling.step == changed.id
    assert step_of(form, filling.step)[1] == step_of(form, CONFIRM)[1]
    return expected


async def test_a_sentence_with_the_word_stop_in_it_is_an_answer_and_erases_nothing(desk: Desk) -> None:
    filling = await begun(desk, "street-problem")
    await answer_until(filling, "description")
    await filling.say("Bags of rubble behind the bus stop.", "stop", 0.95)
    assert (await filling.answers())["description"] == "Bags of rubble behind the bus stop."
    await filling.say("laissez tomber", "stop", 0.95)
    assert filling.ended, "in few words it is meant"
