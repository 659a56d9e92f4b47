"""A citizen who asks for a person: the states of it, and what the citizen is told at each step."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.conversations.model import Author, Button, Command, Message

PRIVATE = ("[message laissé]", "[coordonnées]", "[réponse au message laissé]")
"""What the log keeps of a message left, of how to reach its author, and of the answer."""


DESK_FIELDS = ("message", "contact")
"""What is asked for a message that is left."""


class HandoffState(StrEnum):
    """Where it stands."""

    WAITING = "waiting"  # in the queue
    TAKEN = "taken"  # a person speaks
    LEAVING = "leaving"  # the citizen is writing a message for later
    LEFT = "left"  # that message waits for an answer
    ENDED = "ended"

    @property
    def holds(self) -> bool:
        """Whether the assistant is silent meanwhile."""
        return self in (HandoffState.WAITING, HandoffState.TAKEN, HandoffState.LEAVING)


class Outcome(StrEnum):
    """How it ended."""

    ANSWERED = "answered"
    UNRESOLVED = "unresolved"
    REDIRECTED = "redirected"
    GONE = "gone"  # the citizen no longer wrote
    ASSISTANT = "assistant"  # handed back
    CANCELLED = "cancelled"  # by the citizen


class DeskCommand(StrEnum):
    """What a button of these messages means; the engine never sees them."""

    BACK = "back_to_assistant"
    LEAVE = "leave_message"
    WAIT = "keep_waiting"


@dataclass(frozen=True)
class Handoff:
    """One citizen who asked for a person.

    Attributes:
        administration: the office concerned; None for any.
        agent_id, agent_name: who took it.
        note: what was left, `{"text", "contact"}`, as far as it is written; with the `answer` and its `agent` until it
            is sent, or what was wrong with sending it (`returned`).
    """

    id: str
    conversation_id: str
    state: HandoffState
    service: str | None
    administration: str | None
    language: str
    asked_at: datetime
    claimed_at: datetime | None = None
    agent_id: str | None = None
    agent_name: str | None = None
    ended_at: datetime | None = None
    outcome: Outcome | None = None
    note: dict[str, str] | None = None


_WORDS = {
    "fr": {
        "queued_first": "Une personne va vous répondre ici. Vous êtes la prochaine personne de la file.",
        "queued": "Une personne va vous répondre ici. Il y a {before} conversation(s) avant la vôtre.",
        "wait": " Attente habituelle en ce moment : environ {minutes} min.",
        "meanwhile": " Vous pouvez déjà écrire votre question : la personne la lira. Gardez cette page ouverte.",
        "kept": "C'est noté. La personne qui vous répondra lira votre message.",
        "claimed": "Vous parlez maintenant avec {agent}. L'assistant automatique se tait.",
        "transferred": "Votre conversation passe à {office}, qui va vous répondre ici. Ce que vous avez écrit la suit.",
        "queue_again": "Votre conversation revient dans la file. Une autre personne va vous répondre ici.",
        "lost": (
            "La personne qui vous répondait n'est plus connectée. Votre conversation revient dans la file, à sa place. "
            "Une autre personne va vous répondre ici ; ce que vous avez écrit la suit."
        ),
        "answered_left": "{agent} répond au message que vous avez laissé. La réponse part aussi par courriel.",
        "ended": "La conversation avec {agent} est terminée. L'assistant automatique est de nouveau là.",
        "cancelled": "Vous ne vous trouvez plus dans la file. L'assistant automatique est de nouveau là.",
        "late": (
            "L'attente est plus longue que prévu. Vous pouvez continuer d'attendre, ou laisser un message : "
            "une personne vous répondra par courriel ou par téléphone."
        ),
        "waiting_on": "D'accord, vous gardez votre place.",
        "offer": "Vous pouvez aussi laisser un message : une personne vous répondra par courriel ou par téléphone.",
        "closed": "Personne ne peut vous répondre ici pour le moment. ",
        "ask_note": "Écrivez votre message. La personne qui vous répondra le lira avec le début de cette conversation.",
        "ask_contact": "Où vous répondre ? Donnez une adresse électronique ou un numéro de téléphone.",
        "bad_contact": (
            "Je n'ai pas reconnu d'adresse électronique ni de numéro de téléphone. "
            "Exemples : nom@exemple.fr, 06 12 34 56 78."
        ),
        "left": (
            "Votre message est transmis. Une personne vous répondra à : {contact}. "
            "Cette adresse ne sert qu'à vous répondre. L'assistant automatique reste là."
        ),
        "message": "Votre message",
        "contact": "Courriel ou téléphone",
        "back": "Revenir à l'assistant",
        "leave": "Laisser un message",
        "keep": "Continuer d'attendre",
    },
    "en": {
        "queued_first": "A person will answer you here. You are the next one in the queue.",
        "queued": "A person will answer you here. There are {before} conversation(s) before yours.",
        "wait": " Usual wait at the moment: about {minutes} min.",
        "meanwhile": " You can already write your question: the person will read it. Please keep this page open.",
        "kept": "Noted. The person who answers you will read your message.",
        "claimed": "You are now talking with {agent}. The automatic assistant is silent.",
        "transferred": "Your conversation goes to {office}, who will answer you here. What you wrote goes with it.",
        "queue_again": "Your conversation is back in the queue. Another person will answer you here.",
        "lost": (
            "The person who was answering you is no longer connected. Your conversation is back in the queue, at its "
            "place. Another person will answer you here; what you wrote goes with it."
        ),
        "answered_left": "{agent} answers the message that you left. The answer is also sent by e-mail.",
        "ended": "The conversation with {agent} is over. The automatic assistant is back.",
        "cancelled": "You are no longer in the queue. The automatic assistant is back.",
        "late": (
            "The wait is longer than expected. You can go on waiting, or leave a message: "
            "a person will answer by e-mail or by phone."
        ),
        "waiting_on": "All right, you keep your place.",
        "offer": "You can also leave a message: a person will answer you by e-mail or by phone.",
        "closed": "Nobody can answer you here at the moment. ",
        "ask_note": "Write your message. The person who answers will read it, with the beginning of this conversation.",
        "ask_contact": "Where can we answer you? Give an e-mail address or a phone number.",
        "bad_contact": "I did not see an e-mail address or a phone number. Examples: name@example.fr, 06 12 34 56 78.",
        "left": (
            "Your message has been passed on. A person will answer you at: {contact}. "
            "This address is used for nothing else. The automatic assistant is still here."
        ),
        "message": "Your message",
        "contact": "E-mail or phone",
        "back": "Back to the assistant",
        "leave": "Leave a message",
        "keep": "Go on waiting",
    },
}


def words(name: str, language: str, **values: Any) -> str:
    """Return a sentence for the citizen."""
    return _WORDS[language][name].format(**values)


def queued(language: str, before: int, minutes: int | None) -> str:
    """Return what a citizen is told on joining the queue.

    Args:
        language: `fr` or `en`.
        before: conversations that wait before theirs.
        minutes: how long others waited lately; None when nobody knows.
    """
    text = words("queued" if before else "queued_first", language, before=before)
    return text + (words("wait", language, minutes=minutes) if minutes else "") + words("meanwhile", language)


def notice(name: str, language: str, *commands: DeskCommand, **values: Any) -> Message:
    """Return a message of the system, with buttons for the given commands."""
    return Message(Author.SYSTEM, words(name, language, **values), desk_buttons(language, *commands))


def desk_buttons(language: str, *commands: DeskCommand) -> list[Button]:
    """Return the buttons of the given commands."""
    titles = {DeskCommand.BACK: "back", DeskCommand.LEAVE: "leave", DeskCommand.WAIT: "keep"}
    return [Button(words(titles[each], language), Command(each)) for each in commands]


def question(step: int, language: str, *, again: bool = False) -> Message:
    """Return a question of the message for later: the message (step 1), then where to answer (step 2)."""
    name, field, kind = (("ask_note", DESK_FIELDS[0], "long_text"), ("ask_contact", DESK_FIELDS[1], "text"))[step - 1]
    awaited = {"field": field, "type": kind, "label": words(field, language), "required": True}
    return Message(
        Author.BOT,
        words("bad_contact" if again else name, language),
        desk_buttons(language, DeskCommand.BACK),
        {"input": awaited | {"step": step, "steps": 2}},
    )
