"""Asks the questions of a request one at a time, offers what is known already, and shows the summary."""

from datetime import date
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.attach_files import file_limits
from actions.labels import label
from actions.visit import Visit, button, slots
from bot.catalogue.form import FieldType, RequestField, RequestForm
from bot.catalogue.model import Service
from bot.requests.fields_shown import show_answer
from bot.requests.model import CONFIRM, Request, asked, next_field, step_of
from bot.requests.offers import Offer, offer_for

Events = list[dict[str, Any]]


class AskRequestField(Action):
    """Asks the field whose turn it is, or shows the summary when all are answered."""

    def name(self) -> str:
        """Return the name that Rasa's form calls."""
        return "action_ask_request_form_answer"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Ask."""
        visit = Visit(dispatcher, tracker)
        if visit.slot("quiet") is True:
            return slots(quiet=None)
        request = await visit.desk.requests.get(visit.slot("draft"))
        service = visit.desk.catalogue.service(request.service)
        form = service.request
        assert form is not None
        following = next_field(form, request.answers)
        step = visit.slot("field") or (following.id if following else CONFIRM)
        field = form.field(step)
        if field is None:
            _show_summary(visit, service, request)
        else:
            plain = visit.slot("quiet") == "plain"  # what was offered has been declined
            offer = None if plain else await offered(visit, request, form, field)
            _ask_field(visit, form, request, field, offer)
        return slots(field=step, quiet=None)


async def offered(visit: Visit, request: Request, form: RequestForm, field: RequestField) -> Offer | None:
    """Return what the citizen is offered as the answer to a field, or None."""
    earlier = []
    if field.autocomplete is not None and request.conversation_id == visit.conversation_id:
        for other in await visit.desk.requests.others_of(request):
            service = visit.service(other.service)
            if service is not None and service.request is not None:
                earlier.append((service.request, other.answers))
    service = visit.desk.catalogue.service(request.service)
    return offer_for(field, request.answers, visit.situation(service), earlier, date.today())


def _ask_field(visit: Visit, form: RequestForm, request: Request, field: RequestField, offer: Offer | None) -> None:
    language = visit.language
    choices = [(choice.value, choice.title[language]) for choice in field.choices]
    if field.type is FieldType.BOOLEAN:
        choices = [("oui", label("yes", language)), ("non", label("no", language))]
    awaited = _awaited(visit, form, field, choices)
    buttons = [button(title, "answer_field", field=field.id, value=value.replace("-", " ")) for value, title in choices]
    question = field.question[language]
    files = request.answers.get(field.id) if field.type is FieldType.FILE else None
    if offer is None and not files:
        visit.say("utter_field", question=question, buttons=buttons, extras={"input": awaited})
        return
    own = offer is None or offer.origin == "present"
    keep = [button(label("keep", language), "answer_field", field=field.id, keep="keep")]
    if files:
        keep = [button(label("continue", language), "skip")]
    if own and (files or not field.required):
        keep.append(button(label("remove", language), "answer_field", field=field.id, keep="remove"))
    # The button does not repeat the value: its title is kept as it is, the text is encrypted.
    visit.say(
        "utter_files_present" if files else f"utter_offer_{offer.origin}" if offer else "utter_field",
        question=question,
        value=show_answer(field, offer.value if offer else files, language),
        buttons=[*keep, *buttons],
        extras={"input": awaited},
        log_as=question,
    )


def _awaited(visit: Visit, form: RequestForm, field: RequestField, choices: list[tuple[str, str]]) -> dict[str, Any]:
    """Return the `input` of the contract."""
    language = visit.language
    step, steps = step_of(form, field.id)
    awaited: dict[str, Any] = {
        "field": field.id,
        "type": str(field.type),
        "label": field.label[language],
        "required": field.required,
        "step": step,
        "steps": steps,
    }
    if choices:
        awaited["choices"] = [{"value": value, "title": title} for value, title in choices]
    if field.help:
        awaited["help"] = field.help[language]
    if field.autocomplete:
        awaited["autocomplete"] = field.autocomplete
    if field.type is FieldType.FILE:
        awaited |= file_limits(visit, field)
    return awaited


def _show_summary(visit: Visit, service: Service, request: Request) -> None:
    assert service.request is not None
    language = visit.language
    lines = [
        f"- {field.label[language]} : {show_answer(field, request.answers.get(field.id), language)}"
        for field in asked(service.request, request.answers)
    ]
    step, steps = step_of(service.request, CONFIRM)
    awaited = {"field": CONFIRM, "type": "confirm", "label": service.title[language], "required": True}
    visit.say(
        "utter_summary",
        lines="\n".join(lines),
        log_as="[récapitulatif de la demande]",
        extras={"input": awaited | {"step": step, "steps": steps}},
        buttons=[
            button(label("confirm", language), "confirm_request"),
            button(label("change", language), "correct_answer"),
            button(label("save", language), "save_for_later"),
            button(label("stop", language), "stop"),
        ],
    )
