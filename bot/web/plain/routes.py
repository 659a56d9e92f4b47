"""The pages without JavaScript: a plain link leads here, and forms alone play the whole conversation."""

from typing import Any
from uuid import uuid4

from aiohttp import web

from bot.conversations.notice import opening, switched
from bot.conversations.store import Conversation
from bot.db import now
from bot.errors import GuichetError, NotAllowed, Unprocessable
from bot.requests.preferences import follow
from bot.web.api.banner import announcement
from bot.web.assets import serve
from bot.web.intake import await_file, erase_all, take_in
from bot.web.keys import ADMISSION, CONVERSATIONS, DATABASE, FILES, HUB, SETTINGS
from bot.web.newcomers import admit
from bot.web.plain.render import page, shown, transcript
from bot.web.plain.session import PATH, check_form, conversation_of, forget, form_code, remember
from bot.web.plain.waiting import to_the_line
from bot.web.uploads import Upload, form_of
from bot.web.words import detail_for

routes = web.RouteTableDef()


@routes.get("/plain")
async def read(request: web.Request) -> web.StreamResponse:
    """Show the conversation, or the notice and the button that begins one."""
    found = await conversation_of(request)
    return await _start(request) if found is None else await _conversation(request, *found)


@routes.get("/plain/plain.css")
async def style(request: web.Request) -> web.StreamResponse:
    """Serve the style of these pages."""
    return serve(request, "plain", "plain.css")


@routes.post("/plain/start")
async def start(request: web.Request) -> web.StreamResponse:
    """Open a conversation; the cookie is set here and nowhere else."""
    form = await request.post()
    language = "en" if form.get("language") == "en" else "fr"
    try:
        admit(request, language, str(form.get("ticket", "")))
    except GuichetError as error:
        if "ticket" in error.data:
            return to_the_line(language, error.data["ticket"])
        response = page("start", language, error=detail_for(error.problem(), language))
        response.set_status(error.status)
        return response
    with request.app[ADMISSION].answering():
        conversation_id, token, _ = await request.app[CONVERSATIONS].open(language, "plain", opening(language))
    response = _back()
    remember(request, response, conversation_id, token)
    return response


@routes.post("/plain/say")
async def say(request: web.Request) -> web.StreamResponse:
    """Take in what was written or pressed, and show the answer."""
    found = await _sent(request)
    if found is None:
        return _back()
    conversation, token, form = found
    message_id = str(form.get("id") or uuid4())
    try:
        await take_in(request, conversation.id, conversation.language, message_id, _text(form))
    except GuichetError as error:
        return await _conversation(request, conversation, token, error)
    return _back()


@routes.post("/plain/files")
async def send_files(request: web.Request) -> web.StreamResponse:
    """Take files in and answer the question with them."""
    known = await conversation_of(request)
    if known is None:
        return _back()
    conversation, token = known
    try:
        # Before anything is read: what nobody waits for takes no memory.
        await await_file(request, conversation.id)
        form = await form_of(request)
        check_form(token, str(form.get("form", "")))
        sent = [each for each in form.getall("file", []) if isinstance(each, Upload)]
        if not sent:
            raise Unprocessable("Choose a file.", code="no-file", field="file")
        kept = [await request.app[FILES].keep(conversation.id, await each.examined()) for each in sent]
        payloads = " ".join(file.payload for file in kept)
        await take_in(request, conversation.id, conversation.language, str(form.get("id") or uuid4()), payloads)
    except NotAllowed:
        raise
    except GuichetError as error:
        return await _conversation(request, conversation, token, error)
    return _back()


@routes.post("/plain/language")
async def language(request: web.Request) -> web.StreamResponse:
    """Go on in the other language."""
    found = await _sent(request)
    if found is None:
        return _back()
    conversation, _, form = found
    wanted = "en" if form.get("language") == "en" else "fr"
    if wanted != conversation.language:
        await request.app[CONVERSATIONS].speak(conversation.id, wanted, switched(wanted))
        await follow(request.app[DATABASE], conversation.id, wanted)
        request.app[HUB].ring(conversation.id)
    return _back()


@routes.get("/plain/transcript")
async def download(request: web.Request) -> web.StreamResponse:
    """Hand out the conversation as a text file."""
    found = await conversation_of(request)
    if found is None:
        return _back()
    messages = await request.app[CONVERSATIONS].messages_after(found[0].id, 0)
    headers = {
        "Content-Disposition": f'attachment; filename="conversation-{now().date()}.txt"',
        "Cache-Control": "no-store",
    }
    return web.Response(text=transcript(messages, found[0].language), headers=headers)


@routes.get("/plain/erase")
async def ask_to_erase(request: web.Request) -> web.StreamResponse:
    """Ask whether the conversation is really to be erased."""
    found = await conversation_of(request)
    return _back() if found is None else page("erase", found[0].language, form=form_code(found[1]))


@routes.post("/plain/erase")
async def erase(request: web.Request) -> web.StreamResponse:
    """Erase the conversation and show the receipt."""
    found = await _sent(request)
    if found is None:
        return _back()
    conversation, token, _ = found
    try:
        erased = await erase_all(request, conversation.id)
    except GuichetError as error:
        return await _conversation(request, conversation, token, error)
    receipt = {
        "number": erased.number,
        "at": f"{erased.at:%d/%m/%Y %H:%M}",
        "messages": erased.erased.get("messages", 0),
        "feedback": erased.unlinked.get("feedback", 0),
        "requests_kept": erased.kept.get("requests", 0),
    }
    response = page("start", conversation.language, receipt=receipt)
    forget(response)
    return response


async def _start(request: web.Request) -> web.Response:
    language = "en" if request.query.get("language") == "en" else "fr"
    return page("start", language, banner=await announcement(request.app[SETTINGS].data_dir, language))


async def _conversation(
    request: web.Request, conversation: Conversation, token: str, error: GuichetError | None = None
) -> web.Response:
    language = conversation.language
    messages = await request.app[CONVERSATIONS].messages_after(conversation.id, 0)
    response = page(
        "conversation",
        language,
        form=form_code(token),
        limit=request.app[SETTINGS].message_limit,
        banner=await announcement(request.app[SETTINGS].data_dir, language),
        error=detail_for(error.problem(), language) if error else "",
        **shown(messages, language),
    )
    if error:
        response.set_status(error.status)
    return response


async def _sent(request: web.Request) -> tuple[Conversation, str, Any] | None:
    """Return the conversation, its token and the form that was sent in it; None when there is no conversation.

    Raises:
        NotAllowed: the form is not one of ours.
    """
    found = await conversation_of(request)
    if found is None:
        return None
    form = await form_of(request)
    check_form(found[1], str(form.get("form", "")))
    return found[0], found[1], form


def _text(form: Any) -> str:
    if "from" in form or "to" in form:
        days = [str(form.get("from", "")), str(form.get("to", ""))]
        return " / ".join(days) if all(days) else ""
    return " ; ".join(str(text).strip() for text in form.getall("text", []) if str(text).strip())


def _back() -> web.Response:
    # The answer is shown by a page of its own, so that a reload says nothing twice.
    return web.Response(status=303, headers={"Location": f"{PATH}#dernier", "Cache-Control": "no-store"})
