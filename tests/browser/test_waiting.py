"""When the counter is busy: the place in the line is seen and heard, and the turn comes by itself."""

import json
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, Route, expect

from bot.web.newcomers import BUSY
from bot.web.plain.render import page as plain_page
from tests.browser.screen import OPEN, barriers, say

TICKET = "1795000000.000-0a1b2c3d-00112233445566778899aabb"


def _busy(place: int) -> dict[str, Any]:
    problem = {"code": "busy", "status": 503, "place": place, "ticket": TICKET, "retry_after": 60}
    return problem | {"detail": BUSY["fr"].format(place=place)}


def test_the_widget_shows_the_place_keeps_the_ticket_and_loses_nothing_that_was_written(
    visit: Callable[..., Page],
) -> None:
    page = visit(forgive="503")
    asked: list[dict[str, Any]] = []

    def line(route: Route) -> None:
        asked.append(json.loads(route.request.post_data or "{}"))
        if len(asked) > 2:
            route.continue_()
            return
        kind = "application/problem+json"
        route.fulfill(status=503, content_type=kind, body=json.dumps(_busy(3 - len(asked))))

    page.route("**/api/conversations", line)
    page.get_by_role("button", name=OPEN).click()
    status = page.get_by_role("status").filter(has_text="Votre place dans la file")
    expect(status).to_contain_text("Votre place dans la file : 2.")
    # The browser finds the network again, and looks at once.
    look = "dispatchEvent(new Event('online'))"
    say(page, "combien coûte un passeport pour un adulte ?")
    page.evaluate(look)
    expect(status).to_contain_text("Votre place dans la file : 1.")
    page.evaluate(look)
    expect(page.get_by_text("86")).not_to_have_count(0)
    expect(status).to_have_count(0)
    assert [each.get("ticket") for each in asked] == [None, TICKET, TICKET]


def test_the_page_of_the_line_has_no_barrier_and_its_reader_decides_whether_it_changes(
    visit: Callable[..., Page],
) -> None:
    page = visit("/plain", bypass_csp=True)

    def show(route: Route) -> None:
        auto = "auto=no" not in route.request.url
        given = {"place": 12, "ticket": TICKET, "auto": auto, "seconds": 20}
        page = plain_page("waiting", "fr", again=f"language=fr&ticket={TICKET}", **given)
        route.fulfill(status=200, content_type="text/html", body=page.text or "")

    page.route("**/plain/waiting?*", show)
    page.goto(page.url + f"/waiting?language=fr&ticket={TICKET}")
    expect(page).to_have_title("Vous êtes à la place 12 dans la file – Le guichet en ligne")
    assert barriers(page) == []
    page.get_by_role("link", name="Ne plus changer la page toute seule").click()
    expect(page.get_by_text("Cette page ne change plus")).to_be_visible()
    assert barriers(page) == []
    page.unroute("**/plain/waiting?*")
    page.get_by_role("link", name="Regarder maintenant").click()
    expect(page.get_by_role("heading", name="C'est votre tour")).to_be_visible()
    assert barriers(page) == []
    page.get_by_role("button", name="Commencer").click()
    expect(page.get_by_role("heading", name="Votre conversation")).to_be_visible()
