"""For admins: the accounts of others, and the audit trail."""

from aiohttp import web

from bot.accounts.model import Right, Role
from bot.accounts.openid import key_of
from bot.accounts.sessions import Session
from bot.errors import Unprocessable
from bot.web.console.guard import field, page
from bot.web.console.keys import ACCOUNTS, OPENID_ACCOUNTS
from bot.web.console.openid import provider_name, provider_of
from bot.web.console.render import redirect, render
from bot.web.keys import CATALOGUE, SETTINGS

PAGE = 100

routes = web.RouteTableDef()


@routes.get("/admin/accounts")
@page(Right.ADMINISTER)
async def show_all(request: web.Request, session: Session) -> web.StreamResponse:
    """List the accounts, and offer to make one."""
    return render(request, "accounts.html", accounts=await request.app[ACCOUNTS].all(), roles=list(Role))


@routes.post("/admin/accounts")
@page(Right.ADMINISTER)
async def add(request: web.Request, session: Session) -> web.StreamResponse:
    """Make an account and show its invitation."""
    store = request.app[ACCOUNTS]
    account = await store.add(
        await field(request, "name", 200),
        await _role(request),
        await _offices(request),
        shown=await field(request, "shown", 120),
        by=session.account.name,
    )
    return await _invitation(request, session, account.id)


@routes.get("/admin/accounts/{id}")
@page(Right.ADMINISTER)
async def show(request: web.Request, session: Session) -> web.StreamResponse:
    """Show one account and what was done to it."""
    return await _one(request, request.match_info["id"])


@routes.post("/admin/accounts/{id}")
@page(Right.ADMINISTER)
async def change(request: web.Request, session: Session) -> web.StreamResponse:
    """Change role, offices, name or state of an account."""
    account_id = request.match_info["id"]
    shown = await field(request, "shown", 120)
    await request.app[ACCOUNTS].change(
        account_id,
        by=session.account.name,
        role=await _role(request),
        administrations=await _offices(request),
        active=await field(request, "active") == "yes",
        **({"shown": shown} if shown else {}),
    )
    return redirect(f"/admin/accounts/{account_id}", said="said-saved")


@routes.post("/admin/accounts/{id}/invite")
@page(Right.ADMINISTER)
async def invite(request: web.Request, session: Session) -> web.StreamResponse:
    """Show a new invitation, for somebody who lost password or phone."""
    return await _invitation(request, session, request.match_info["id"])


@routes.post("/admin/accounts/{id}/provider")
@page(Right.ADMINISTER)
async def tie(request: web.Request, session: Session) -> web.StreamResponse:
    """Tie an account to whoever the provider calls so, or untie it; never by a name or an address."""
    provider = provider_of(request)
    account = await request.app[ACCOUNTS].get(request.match_info["id"])
    subject, ties = await field(request, "subject", 255), request.app[OPENID_ACCOUNTS]
    if subject:
        await ties.tie(account, key_of(provider.openid, subject), by=session.account.name)
    else:
        await ties.untie(account, by=session.account.name)
    return redirect(f"/admin/accounts/{account.id}", said="said-saved")


@routes.get("/admin/audit")
@page(Right.AUDIT)
async def audit(request: web.Request, session: Session) -> web.StreamResponse:
    """Show the audit trail, the newest first."""
    before = request.query.get("before", "")
    account = request.query.get("account", "").strip()[:80]
    number = int(before) if before.isascii() and before.isdigit() and len(before) < 18 else 0
    entries = await request.app[ACCOUNTS].trail.entries(account=account, before=number, limit=PAGE)
    return render(request, "audit.html", entries=entries, account=account, more=len(entries) == PAGE)


async def _invitation(request: web.Request, session: Session, account_id: str) -> web.StreamResponse:
    store = request.app[ACCOUNTS]
    token = await store.invite(account_id, by=session.account.name)
    address = request.app[SETTINGS].public_url.rstrip("/") or f"{request.scheme}://{request.host}"
    return await _one(request, account_id, f"{address}/console/invitation/{token}")


async def _one(request: web.Request, account_id: str, link: str = "") -> web.StreamResponse:
    store = request.app[ACCOUNTS]
    return render(
        request,
        "one_account.html",
        account=await store.get(account_id),
        entries=await store.trail.entries(object_id=account_id),
        roles=list(Role),
        link=link,
        provider=provider_name(request),
    )


async def _role(request: web.Request) -> Role:
    role = await field(request, "role")
    if role not in tuple(Role):
        raise Unprocessable("Choose a role.", code="bad-role", field="role")
    return Role(role)


async def _offices(request: web.Request) -> list[str]:
    wanted = [str(each) for each in (await request.post()).getall("administrations", [])]
    return [each for each in wanted if each in request.app[CATALOGUE].administrations]
