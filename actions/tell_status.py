"""Where a request stands: what is late first, then the state, what the office wrote, what can be done."""

from collections.abc import Sequence

from actions.labels import label
from actions.say_how_it_went import ask_how_it_went
from actions.visit import Visit, button
from bot.catalogue.model import Service
from bot.conversations.model import Moment
from bot.conversations.turn import note
from bot.db import now
from bot.requests.completion import item_line
from bot.requests.delays import delays_line
from bot.requests.events import RequestEvent, missing, unread
from bot.requests.lifecycle import STATES, Actor
from bot.requests.model import Request, State
from bot.requests.outcome import outcome_lines, shown_outcome
from bot.requests.receipt import GENERAL_CONTACT, office_contact, show_day
from bot.requests.wire import request_wire
from bot.requests.zone import local_day


async def tell_status(visit: Visit, request: Request) -> None:
    """Say where a request stands, what happens next and by when."""
    service = visit.service(request.service)
    title = service.title[visit.language] if service else request.service
    moment = Moment.OUTCOME if request.state.is_final else Moment.USE
    note(moment=moment, service=request.service)
    if request.state is State.DRAFT:
        resume = button(label("resume", visit.language), "resume_request", request=request.id)
        extras = {"request": request_wire(request)}
        visit.say("utter_draft_found", reference=request.reference, service=title, buttons=[resume], extras=extras)
        return
    if service is not None:
        await visit.desk.contacts.notice(service, visit.conversation_id, request)
    events = await visit.desk.casework.history(request.reference)
    late = request.due is not None and not request.state.is_final and request.due < now()
    contact = office_contact(service, visit.desk.catalogue, visit.language) if service else GENERAL_CONTACT
    due = show_day(local_day(request.due)) if request.due else "—"
    if late:
        visit.say(
            "utter_status_late",
            reference=request.reference,
            service=title,
            due=due,
            contact=contact,
            state=STATES[request.state][visit.language],
        )
    visit.say(
        f"utter_status_{request.state}" if not late or request.state is State.TO_COMPLETE else "utter_status_can_do",
        reference=request.reference,
        service=title,
        due=due,
        contact=contact,
        extras={"request": request_wire(request)},
        buttons=_buttons(visit, request, late=late),
    )
    await _tell_details(visit, request, service, events)
    await ask_how_it_went(visit, moment, request.service, request.id)


async def _tell_details(
    visit: Visit, request: Request, service: Service | None, events: Sequence[RequestEvent]
) -> None:
    """Say what is missing, what was decided, what the office wrote, and how long requests really take."""
    language = visit.language
    if service is not None and (waiting := missing(events)):
        visit.say(
            "utter_missing",
            lines="\n".join(item_line(item, service, language) for item in waiting.values()),
            log_as="[ce qui manque]",
        )
    last = request.history[-1]
    if isinstance(last, RequestEvent):
        told = [f"« {last.reason} »" if language == "fr" else f"“{last.reason}”"] if last.reason else []
        outcome = shown_outcome(last.outcome, request.reference, visit.desk.settings.address)
        told += outcome_lines(outcome, language)
        if told:
            visit.say("utter_decision_details", lines="\n".join(told), log_as="[décision]")
    if new := unread(events, Actor.CITIZEN):
        for message in new:
            day = show_day(local_day(message.at))
            visit.say("utter_office_wrote", day=day, text=message.text, log_as="[message du service]")
        await visit.desk.casework.mark_read(request.reference, Actor.CITIZEN)
    if not request.state.is_final and (delays := await visit.desk.casework.delays(request.service)):
        visit.say("utter_answer", text=delays_line(delays, language))


def _buttons(visit: Visit, request: Request, *, late: bool) -> list[dict[str, str]]:
    language, about = visit.language, {"request": request.id}
    offered = []
    if request.state is State.TO_COMPLETE:
        offered.append(("complete", "complete_request", about))
    if late or request.state in (State.REFUSED, State.CLOSED):
        offered.append(("complain", "complain", {"service": request.service}))
    if request.state is not State.WITHDRAWN:
        offered.append(("write", "write_to_office", about))
    offered.append(("person", "talk_to_person", {"service": request.service}))
    if not request.state.is_final:
        offered.append(("withdraw", "withdraw_request", about))
    return [button(label(name, language), intent, **entities) for name, intent, entities in offered]
