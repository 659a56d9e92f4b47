"""The page that a link in an e-mail opens: three faces, then some questions, all optional. Looking stores nothing.

The address is the key: whoever has it may answer once. A reader of mail that follows links by itself only looks.
"""

from aiohttp import web

from bot.errors import NotFound
from bot.satisfaction.model import Face
from bot.satisfaction.store import COMMENT_LIMIT
from bot.satisfaction.surveys import Survey
from bot.web.caller import caller_of
from bot.web.keys import CATALOGUE, LIMITER, SURVEYS
from bot.web.plain.render import page
from bot.web.plain.words import words

routes = web.RouteTableDef()
ADDRESS = "/plain/opinion/{token}"
"""Forms accepted from one address in an hour: an office's visitors may share one."""
FACES = (Face.GOOD, Face.MIXED, Face.BAD)


@routes.get(ADDRESS)
async def ask(request: web.Request) -> web.StreamResponse:
    """Show what is asked."""
    try:
        survey = await request.app[SURVEYS].open(request.match_info["token"])
    except NotFound:
        return _gone(request)
    return _page(request, survey)


@routes.post(ADDRESS)
async def answer(request: web.Request) -> web.StreamResponse:
    """Store the face at once, or the answers that were given to the rest; what was passed says nothing."""
    request.app[LIMITER].check("opinions_an_hour", caller_of(request))
    surveys = request.app[SURVEYS]
    try:
        survey = await surveys.open(request.match_info["token"])
    except NotFound:
        return _gone(request)
    form = await request.post()
    face = str(form.get("face", ""))
    if not survey.rated:
        if face in list(Face):
            await surveys.feedback.rate(survey.subject, Face(face))
        return web.Response(status=303, headers={"Location": request.path, "Cache-Control": "no-store"})
    for question in survey.left:
        choice = question.choice(str(form.get(question.id, "")))
        if choice is not None and choice.says:
            await surveys.feedback.answer(survey.subject, question, choice)
    comment = str(form.get("comment", "")).strip()
    if survey.left and comment:
        await surveys.feedback.comment(survey.subject, comment)
    return page("opinion", survey.subject.language, said=words(survey.subject.language)["opinion_thanks"])


def _page(request: web.Request, survey: Survey) -> web.Response:
    language = survey.subject.language
    service = request.app[CATALOGUE].services.get(survey.subject.service or "")
    return page(
        "opinion",
        language,
        said="" if survey.left else words(language)["opinion_used"],
        title=service.title[language] if service else "",
        rated=survey.rated,
        faces=FACES,
        questions=survey.left,
        limit=COMMENT_LIMIT,
    )


def _gone(request: web.Request) -> web.Response:
    language = "en" if request.headers.get("Accept-Language", "").lower().startswith("en") else "fr"
    response = page("opinion", language, said=words(language)["opinion_gone"])
    response.set_status(404)
    return response
