"""After a note: short questions in one tap each, or free words. The first that is passed ends it."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.labels import label
from actions.visit import Visit, button, slots
from bot.conversations.model import Moment
from bot.conversations.turn import current, note
from bot.satisfaction.questionnaire import Question, after, find, questions
from bot.satisfaction.store import Subject
from bot.words import is_question

Events = list[dict[str, Any]]
SURE = 0.6
"""Confidence from which a message after a note is taken for something else than words about it."""
OTHER_THAN_WORDS = {"submit_request", "resume_request", "track_request", "talk_to_person", "distress", "rate"}
"""Intents that are never words about a note. A complaint or "le délai est trop long" is: only questions are not."""


class ActionStoreAnswer(Action):
    """Stores the answer to a question whose form is closed: its button was still on the screen."""

    def name(self) -> str:
        """Return the name of the action."""
        return "action_store_answer"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Store it; nothing more is asked, for the citizen had gone on to something else."""
        visit = Visit(dispatcher, tracker)
        await _store(visit, rated_by(visit), visit.entity("question"), visit.entity("value"))
        visit.say("utter_no_comment")
        return slots(unclear=0)


class AskComment(Action):
    """Asks the next question, or invites to add words; after something else in between it waits in silence."""

    def name(self) -> str:
        """Return the name that Rasa's form calls."""
        return "action_ask_comment_form_comment"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Ask."""
        visit = Visit(dispatcher, tracker)
        if visit.slot("requested_slot") is None or visit.slot("rated").get("answered"):
            ask_more(visit, visit.slot("rated"))
            return slots(rated=visit.slot("rated") | {"answered": False})
        return []


class ValidateCommentForm(Action):
    """Takes the answer to a question, or words after a note, unless the message is plainly something else."""

    def name(self) -> str:
        """Return the name that Rasa's form calls."""
        return "validate_comment_form"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Store the answer, or the words, masked; no event means "this was not for the form"."""
        visit = Visit(dispatcher, tracker)
        if visit.interrupts:
            return []
        rated = visit.slot("rated")
        if visit.intent == "answer_opinion":
            return await _go_on(visit, rated_by(visit), visit.entity("question"), visit.entity("value"))
        if key := _typed(visit, rated):
            return await _go_on(visit, rated, rated["question"], key)
        sure = visit.confidence >= SURE
        if visit.intent == "no_comment" or (sure and visit.intent in ("deny", "skip", "stop")):
            return slots(comment="declined")
        polite = len(visit.text.split()) <= 2 and visit.intent in ("thank", "goodbye", "greet", "affirm")
        asks = is_question(visit.text)
        if sure and (asks or polite or visit.intent in OTHER_THAN_WORDS):
            return []
        note(field="comment")
        await visit.desk.feedback.comment(subject_of(visit, rated), visit.text)
        return slots(comment="given")


class ActionThankForComment(Action):
    """Thanks for the words, or takes note that there are none."""

    def name(self) -> str:
        """Return the name of the action."""
        return "action_thank_for_comment"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Thank."""
        visit = Visit(dispatcher, tracker)
        visit.say("utter_thanks_for_comment" if visit.slot("comment") == "given" else "utter_no_comment")
        return slots(rated=None, comment=None)


async def _go_on(visit: Visit, rated: dict[str, Any], question_id: str, key: str) -> Events:
    """Store an answer; return the events that make the form ask what follows."""
    following = await _store(visit, rated, question_id, key)
    note(field="comment")  # what was chosen is a fact, and no matter of the log
    return slots(rated=rated | {"question": following.id if following else None, "answered": True}, comment=None)


async def _store(visit: Visit, rated: dict[str, Any], question_id: str, key: str) -> Question | None:
    """Store an answer; return the question that follows it."""
    subject = subject_of(visit, rated)
    asked = asked_of(subject)
    question = find(asked, question_id)
    choice = question.choice(key) if question else None
    if question is None or choice is None:
        return None
    await visit.desk.feedback.answer(subject, question, choice)
    return after(asked, question_id, choice)


def _typed(visit: Visit, rated: dict[str, Any]) -> str | None:
    """Return the answer that was typed instead of pressed: its words, or yes and no to what asks for these."""
    question = find(asked_of(subject_of(visit, rated)), rated.get("question") or "")
    if question is None:
        return None
    said = visit.text.strip(" .!").casefold()
    for choice in question.choices:
        if said in (choice.label.fr.casefold(), choice.label.en.casefold()):
            return choice.key
    yes_or_no = {"affirm": "yes", "deny": "no"}.get(visit.intent, "") if visit.confidence >= SURE else ""
    return yes_or_no if len(said.split()) <= 2 and question.choice(yes_or_no) else None


def ask_more(visit: Visit, rated: dict[str, Any]) -> None:
    """Ask the question that is next, or invite to add words."""
    question = find(asked_of(subject_of(visit, rated)), rated.get("question") or "")
    awaited = {"field": "comment", "type": "long_text", "label": label("comment", visit.language), "required": False}
    answers = [
        button(
            choice.label[visit.language],
            "answer_opinion",
            question=rated["question"],
            value=choice.key,
            **about(rated),
        )
        for choice in (question.choices if question else ())
    ]
    visit.say(
        "utter_question" if question else "utter_add_words",
        question=question.text[visit.language] if question else "",
        buttons=[*answers, button(label("no_comment", visit.language), "no_comment")],
        extras={"input": awaited | {"step": 1, "steps": 1}},
    )


def asked_of(subject: Subject) -> list[Question]:
    """Return the questions about a moment."""
    return questions(subject.request_id or subject.conversation_id or "", subject.moment)


def about(rated: dict[str, Any]) -> dict[str, Any]:
    """Return what a button says of what it speaks of."""
    return {"moment": rated["moment"], "service": rated["service"], "request": rated["request_id"]}


def rated_by(visit: Visit) -> dict[str, Any]:
    """Return what a button speaks of."""
    return {
        "moment": visit.entity("moment"),
        "service": visit.entity("service"),
        "request_id": visit.entity("request") or "",
    }


def subject_of(visit: Visit, rated: dict[str, Any]) -> Subject:
    """Return what an answer speaks of, as the scoring store has it."""
    service = visit.service(rated["service"])
    turn = current()
    return Subject(
        visit.conversation_id,
        Moment(rated["moment"]),
        rated["service"],
        rated["request_id"],
        administration=service.administration if service else None,
        language=visit.language,
        model=(turn.model or None) if turn else None,
    )
