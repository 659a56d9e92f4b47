"""Rasa's tracker store over our conversations: the state of the dialogue, at a cost that does not grow.

Rasa's own stores keep every event and replay them all at each message. This one keeps the events of the last turns,
and folds what older ones had established (slots, active loop, pause) into a few values. A tracker is rebuilt from
those values and the kept events; Rasa's rules look back two turns at most. What is taken back (`/back`, a reverted
utterance) is taken back as far as events are kept, and a form that began before them stays open. State and log are
written in one transaction (`ConversationStore.record`).
"""

import functools
from collections.abc import Callable, Iterable
from typing import Any

from rasa.core.processor import MessageProcessor
from rasa.core.tracker_store import SerializedTrackerAsText, TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionReverted,
    ActiveLoop,
    AllSlotsReset,
    BotUttered,
    ConversationPaused,
    ConversationResumed,
    Event,
    ReminderCancelled,
    ReminderScheduled,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUtteranceReverted,
    UserUttered,
    deserialise_events,
)
from rasa.shared.core.trackers import DialogueStateTracker

from bot.conversations.store import ConversationStore
from bot.conversations.turn import current

# Rasa looks through all classes of events for each event that it reads (a tenth of a turn, measured).
Event.resolve_by_type = staticmethod(functools.cache(Event.resolve_by_type))


async def _leave_to_the_database(*_: Any) -> None:
    """Schedule nothing in memory: reminders are written with the turn (bot/conversations/reminders.py)."""


MessageProcessor._schedule_reminders = _leave_to_the_database
MessageProcessor._cancel_reminders = staticmethod(_leave_to_the_database)

TURNS_KEPT = 3
"""Turns whose events are kept: Rasa's rules see one message of the citizen, forms and `action_back` two."""


class LogTrackerStore(TrackerStore, SerializedTrackerAsText):
    """Keeps dialogue states in `conversations.state` and writes the log of the turn with them.

    Args:
        domain: the domain of the model in service.
        store: where conversations are.
        masked: returns a text without personal data, as the log may keep it.
    """

    def __init__(self, domain: Domain | None, store: ConversationStore, masked: Callable[[str], str]) -> None:
        super().__init__(domain)
        self._store = store
        self._masked = masked

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """Return the tracker of a conversation, or None when nothing was said in it."""
        turn = current()
        if turn is not None and turn.conversation_id == sender_id and turn.state is not None:
            state = turn.state
        else:
            state, *_ = await self._store.state(sender_id)
        if not state:
            return None
        return rebuild(sender_id, state, self.domain)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Write the state of a conversation and the log of its current turn.

        A turn in which an action failed is not written: the citizen's message can be sent again as if it never was.
        """
        turn = current()
        if turn is None or turn.failure is not None:
            return
        text = self._masked(turn.text)
        if turn.field is not None:
            # What was understood of an answer, or chosen with a button, tells it as well as its words do.
            text, turn.parse["entities"] = f"[réponse : {turn.field}]", []
        turn.parse["actions"] = _actions_of_turn(tracker.events)
        turn.reminders = _reminders_of_turn(tracker.events)
        state = fold(tracker, text, answer=turn.field is not None)
        language = tracker.get_slot("language") or "fr"
        for message in turn.messages:
            # Said with each message, so that a page in another language reads it with the right voice.
            message.extras = {**message.extras, "language": language}
        await self._store.record(turn, state, language=language, logged_text=text)
        turn.saved = True

    async def keys(self) -> Iterable[str]:
        """Return no conversation: the log is read with our own queries, never as a list of all trackers."""
        return []


def rebuild(sender_id: str, state: dict[str, Any], domain: Domain) -> DialogueStateTracker:
    """Return the tracker that a folded state describes."""
    known = {slot.name for slot in domain.slots}
    events: list[Event] = [SlotSet(name, value) for name, value in (state.get("slots") or {}).items() if name in known]
    if state.get("loop"):
        events.append(ActiveLoop(state["loop"]))
    if state.get("paused"):
        events.append(ConversationPaused())
    # The prefix is marked, so that the next fold does not take it for something that happened.
    for event in events:
        event.metadata = {"folded": True}
    events += deserialise_events(state.get("events") or [])
    return DialogueStateTracker.from_events(sender_id, events, domain.slots)


def fold(tracker: DialogueStateTracker, last_text: str, *, answer: bool = False) -> dict[str, Any]:
    """Return the state of a tracker: the events of the last turns, and what the older ones had established.

    Args:
        tracker: after a turn.
        last_text: what may be kept of the last message of the citizen.
        answer: whether that message answered a field, so that nothing of what was understood in it is kept.
    """
    # What was said is in the log, and reminders are in a table of their own.
    left_out = BotUttered | ReminderScheduled | ReminderCancelled
    events = [event for event in _standing(tracker) if not isinstance(event, left_out)]
    starts = [index for index, event in enumerate(events) if isinstance(event, UserUttered)]
    cut = starts[-TURNS_KEPT] if len(starts) > TURNS_KEPT else _end_of_prefix(events)
    # A rule looks at the `action_listen` before a message, so a window begins with it.
    if cut and isinstance(events[cut - 1], ActionExecuted) and not _is_prefix(events[cut - 1]):
        cut -= 1
    slots: dict[str, Any] = {}
    loop: str | None = None
    paused = False
    for event in events[:cut]:
        if isinstance(event, SlotSet):
            slots[event.key] = event.value
        elif isinstance(event, ActiveLoop):
            loop = event.name
        elif isinstance(event, AllSlotsReset):
            slots = {}
        elif isinstance(event, Restarted | SessionStarted):
            slots, loop, paused = {}, None, False
        elif isinstance(event, ConversationPaused | ConversationResumed):
            paused = isinstance(event, ConversationPaused)
    window = [_serialised(event) for event in events[cut:]]
    for event in reversed(window):
        if event["event"] == "user":
            event["text"] = event["parse_data"]["text"] = last_text
            if answer:
                event["parse_data"]["entities"] = []
            break
    return {
        "slots": {name: value for name, value in slots.items() if value is not None},
        "loop": loop,
        "paused": paused,
        "events": window,
    }


def _standing(tracker: DialogueStateTracker) -> list[Event]:
    """Return the events of a tracker without those that were taken back."""
    events = list(tracker.events)
    if not any(isinstance(event, UserUtteranceReverted | ActionReverted) for event in events):
        return events
    left: list[Event] = tracker.applied_events()
    prefix = events[: _end_of_prefix(events)]
    if prefix and prefix[0] not in left[:1] and not any(isinstance(e, Restarted | SessionStarted) for e in events):
        # What was taken back is older than the events that are kept: it stops where they begin.
        return prefix + left
    return left


def _is_prefix(event: Event) -> bool:
    return bool((event.metadata or {}).get("folded"))


def _end_of_prefix(events: list[Event]) -> int:
    return next((index for index, event in enumerate(events) if not _is_prefix(event)), len(events))


def _serialised(event: Event) -> dict[str, Any]:
    """Return an event as Rasa writes it, without what a rule never reads and a log must not hold."""
    serialised: dict[str, Any] = event.as_dict()
    serialised.pop("metadata", None)
    if isinstance(event, UserUttered):
        parse = serialised["parse_data"]
        entities = [{"entity": e["entity"], "value": e.get("value")} for e in parse.get("entities") or []]
        serialised["parse_data"] = {"text": serialised["text"], "intent": parse["intent"], "entities": entities}
    return serialised


def _reminders_of_turn(events: Iterable[Event]) -> list[dict[str, Any]]:
    # Events of older turns hold none: they are left out of what is kept.
    changes: list[dict[str, Any]] = []
    for event in events:
        if isinstance(event, ReminderScheduled):
            changes.append(event.as_dict())
        elif isinstance(event, ReminderCancelled):
            named = {"name": event.name, "intent": event.intent, "entities": event.entities}
            changes.append({"event": "cancel_reminder", **named})
    return changes


def _actions_of_turn(events: Iterable[Event]) -> list[str]:
    names: list[str] = []
    for event in reversed(list(events)):
        if isinstance(event, UserUttered):
            break
        if isinstance(event, ActionExecuted) and event.action_name and event.action_name != "action_listen":
            names.append(event.action_name)
    return names[::-1]
