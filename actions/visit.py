"""One call of an action: what the citizen said, what is known so far, and how to answer."""

import json
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.desk import Desk, desk
from bot.catalogue.answers import settle
from bot.catalogue.model import Service
from bot.conversations.turn import hushed

FORMS = ("request_form", "follow_up_form", "comment_form", "reply_form", "commune_form")


class Visit:
    """A tracker and a dispatcher, in the words of the product.

    Attributes:
        desk: the rooms.
        language: of the answers.
        text: what was typed.
        intent: what was understood, or what the button says.
    """

    def __init__(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> None:
        self.desk: Desk = desk()
        self._dispatcher = dispatcher
        self._tracker = tracker
        self._parse: dict[str, Any] = tracker.latest_message or {}
        self.conversation_id: str = tracker.sender_id
        self.language: str = tracker.get_slot("language") or "fr"
        self.text: str = self._parse.get("text") or ""
        self.intent: str = (self._parse.get("intent") or {}).get("name") or ""
        self.confidence: float = (self._parse.get("intent") or {}).get("confidence") or 0.0

    def slot(self, name: str) -> Any:
        """Return the value of a slot."""
        return self._tracker.get_slot(name)

    def found(self, key: str, default: Any = None) -> Any:
        """Return what our components wrote into the message: `service`, `services`, `mentioned`, `foreign`..."""
        return self._parse.get(key) or default

    def entity(self, name: str) -> Any:
        """Return the first value of an entity, or None."""
        return next(iter(self.entities(name)), None)

    def entities(self, name: str) -> list[Any]:
        """Return the values of an entity."""
        return [each.get("value") for each in self._parse.get("entities") or [] if each.get("entity") == name]

    @property
    def ranking(self) -> list[tuple[str, float]]:
        """The intents that were considered, the likeliest first."""
        return [(each["name"], each["confidence"]) for each in self.found("intent_ranking", [])]

    @property
    def said_before(self) -> str:
        """What the citizen last said that was meant otherwise than this message; empty when it is too long ago."""
        for event in reversed(self._tracker.events):
            if event["event"] == "user" and event["parse_data"]["intent"]["name"] != self.intent:
                return event.get("text") or ""
        return ""

    @property
    def loop(self) -> str | None:
        """The form that is open, if any."""
        return (self._tracker.active_loop or {}).get("name")

    @property
    def interrupts(self) -> bool:
        """Whether another action has already answered this message: a form then has nothing to take from it."""
        for event in reversed(self._tracker.events):
            if event["event"] == "user":
                return False
            if event["event"] == "action" and event["name"] not in (*FORMS, "action_listen", "action_extract_slots"):
                return True
        return False

    def say(
        self,
        response: str,
        *,
        buttons: list[dict[str, str]] | None = None,
        extras: dict[str, Any] | None = None,
        log_as: str | None = None,
        **values: Any,
    ) -> None:
        """Answer with a response of domain.yml.

        Args:
            response: its name.
            buttons: see `button`.
            extras: `input`, `sources`, `request` of the wire contract.
            log_as: what the log keeps instead, when the text or the extras are personal.
            values: what fills the response's braces.
        """
        if hushed():
            return
        self._dispatcher.utter_message(
            response=response, buttons=buttons or [], json_message=extras, log_as=log_as, **values
        )

    def service(self, service_id: str | None) -> Service | None:
        """Return a service of the catalogue, or None when there is no such identifier."""
        return self.desk.catalogue.services.get(service_id or "")

    def situation(self, service: Service) -> dict[str, str]:
        """Return what is known of the citizen's case for a service: said now, or earlier about the same service."""
        earlier = self.slot("situation") if self.slot("service") == service.id else None
        return {**(earlier or {}), **self.situation_now(service)}

    def situation_now(self, service: Service) -> dict[str, str]:
        """Return what this message alone says of the citizen's case for a service."""
        said = [(name, value) for name, _, value in (str(each).partition("=") for each in self.entities("situation"))]
        return settle(service, said, self.entity("age"))


def button(title: str, intent: str, **entities: Any) -> dict[str, str]:
    """Return a button as Rasa has it; the engine keeps its meaning and shows an opaque identifier."""
    return {"title": title, "payload": f"/{intent}{json.dumps(entities, ensure_ascii=False) if entities else ''}"}


def slots(**values: Any) -> list[dict[str, Any]]:
    """Return the events that set the given slots."""
    return [SlotSet(name, value) for name, value in values.items()]
