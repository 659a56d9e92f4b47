"""The turn that is being answered: each conversation sees its own."""

import asyncio

from bot.conversations.model import Moment
from bot.conversations.turn import Turn, current, note, note_fallback, opened, unanswered


def test_outside_of_a_turn_there_is_none_and_notes_are_harmless() -> None:
    assert current() is None
    note(moment=Moment.USE, service="passport", field="name")
    note_fallback()
    unanswered()
    assert current() is None


def test_a_note_adds_to_what_is_known() -> None:
    with opened(Turn("c1", "m1", "Bonjour")) as turn:
        note(moment=Moment.SUBMISSION, service="passport")
        note(field="name")
        note_fallback()
        assert (turn.moment, turn.service, turn.field, turn.fallback) == (Moment.SUBMISSION, "passport", "name", True)
    assert current() is None


def test_a_text_that_turns_out_to_be_a_question_is_an_answer_no_more() -> None:
    with opened(Turn("c1", "m1", "Pourquoi ?")) as turn:
        note(field="name", service="passport")
        unanswered()
        assert (turn.field, turn.service) == (None, "passport")


def test_a_turn_ends_when_its_block_fails() -> None:
    try:
        with opened(Turn("c1", "m1", "Bonjour")):
            raise ValueError
    except ValueError:
        assert current() is None


async def test_turns_answered_side_by_side_do_not_see_each_other() -> None:
    async def answer(number: int) -> str | None:
        with opened(Turn(f"c{number}", "m1", "Bonjour")) as turn:
            await asyncio.sleep(0)
            note(service=f"service-{number}")
            await asyncio.sleep(0)
            return turn.service

    assert await asyncio.gather(*(answer(number) for number in range(20))) == [f"service-{n}" for n in range(20)]
