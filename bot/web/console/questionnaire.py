"""The agents' monthly questionnaire."""

from aiohttp import web

from bot.accounts.sessions import Session
from bot.satisfaction.agents import GRADES, QUESTIONS
from bot.satisfaction.dimensions import FEWEST_AGENTS
from bot.web.console.guard import page
from bot.web.console.keys import AGENT_SURVEYS
from bot.web.console.render import redirect, render

ADDRESS = "/console/questionnaire"

routes = web.RouteTableDef()


@routes.get(ADDRESS)
@page()
async def ask(request: web.Request, session: Session) -> web.StreamResponse:
    """Show the questions of this month, or that they were answered."""
    is_open = await request.app[AGENT_SURVEYS].is_open(session.account)
    return render(
        request,
        "questionnaire.html",
        is_open=is_open,
        questions=QUESTIONS,
        grades=GRADES,
        fewest=FEWEST_AGENTS,
    )


@routes.post(ADDRESS)
@page()
async def answer(request: web.Request, session: Session) -> web.StreamResponse:
    """Store what was answered; a question that was passed says nothing, and when all were nothing is stored."""
    form = await request.post()
    given = {name: str(form.get(name, "")) for name in QUESTIONS}
    grades = {name: int(grade) for name, grade in given.items() if grade in "12345" and len(grade) == 1}
    if not grades:
        return redirect(ADDRESS)
    await request.app[AGENT_SURVEYS].answer(session.account, grades)
    return redirect(ADDRESS, said="said-questionnaire")
