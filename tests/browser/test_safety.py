"""What a citizen, the assistant or an agent writes stays text, in a real browser under CSP with Trusted Types."""

import re
from collections.abc import Callable
from itertools import product
from typing import Any

import httpx
from playwright.sync_api import Page, expect

from bot.conversations.model import Author, Button, Command, Message
from tests.browser.rows import put, saved
from tests.browser.screen import open_panel, press, say
from tests.browser.walk import back
from tests.service import ALLOWED_ORIGIN, Service

MARKUP = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<script>/*<img src=x onerror=alert(1)>*/</script>",
    "</script><script>alert(1)</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    "<img src=x onerror=alert`1`>",
    "<img/src/onerror=alert(1)>",
    '<img src="x" alt="``onerror=alert(1)">',
    '"><img src=x onerror=alert(1)>',
    "'><img src=x onerror=alert(1)>",
    "--><img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<svg><a xlink:href='javascript:alert(1)'><text y=20>x</text></a></svg>",
    "<svg><set attributeName=href to=javascript:alert(1)>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<template><img src=x onerror=alert(1)></template>",
    "<style>@import 'javascript:alert(1)';</style>",
    "<style>*{background:url(//evil.example/x)}</style>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<base href=//evil.example/>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>parent.alert(1)</script>'></iframe>",
    "<object data=javascript:alert(1)></object>",
    "<embed src=javascript:alert(1)>",
    "<form action=javascript:alert(1)><button>Envoyer</button></form>",
    "<button formaction=javascript:alert(1)>Envoyer</button>",
    "<input autofocus onfocus=alert(1)>",
    "<select autofocus onfocus=alert(1)>",
    "<textarea autofocus onfocus=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<video><source onerror=alert(1)></video>",
    "<audio src=x onerror=alert(1)>",
    "<body onload=alert(1)>",
    "<marquee onstart=alert(1)>",
    "<dialog open onclose=alert(1)>",
    "<div onpointerover=alert(1) style=position:fixed;inset:0>x</div>",
    "<div style='animation:rise 1s' onanimationstart=alert(1)>",
    "<xss contenteditable onbeforeinput=alert(1)>x",
    "<guichet-chat endpoint=//evil.example open></guichet-chat>",
    "<slot name=x onslotchange=alert(1)>",
    "<a href=javascript:alert(1)>cliquez</a>",
    "<a href='java\tscript:alert(1)'>cliquez</a>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;img src=x onerror=alert(1)&#62;",
    "\\u003cimg src=x onerror=alert(1)\\u003e",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "{{constructor.constructor('alert(1)')()}}",
    "${alert(1)}",
    "#{alert(1)}",
    "{{7*7}}{% print 1 %}",
    "`${alert(1)}`",
    "\u202e<script>alert(1)</script>",
    "＜script＞alert(1)＜/script＞",
    "<!--<img src=x onerror=alert(1)>",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "]]><script>alert(1)</script>",
    "- <img src=x onerror=alert(1)>",
    "__proto__[onerror]=alert(1)",
]
ADDRESSES = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\nscript:alert(1)",
    " javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)",
    "blob:https://evil.example/1",
    "//evil.example/x",
    "https://[",
    "",
]
HARMLESS = r"""() => {
    // Everything that could run or fetch, in the page and in the widget.
    const roots = [document, document.querySelector("guichet-chat")?.shadowRoot].filter(Boolean);
    const wrong = [];
    for (const root of roots) for (const node of root.querySelectorAll("*")) {
        for (const { name, value } of node.attributes) {
            if (/^on/i.test(name)) wrong.push(node.outerHTML);
            if (/^(href|src|action|formaction|data|xlink:href)$/i.test(name) && !/^(https?:|\/|#)/i.test(value))
                wrong.push(node.outerHTML);
        }
        const loads = /^(script|style|link|base|meta|iframe|object|embed|img|video|audio)$/;
        if (root !== document && loads.test(node.localName)) wrong.push(node.outerHTML);
    }
    return wrong;
}"""
QUIET = "() => { window.alert = () => document.documentElement.dataset.broken = 'yes'; }"


def stays_inert(page: Page) -> None:
    assert page.evaluate(HARMLESS) == []
    assert page.evaluate("document.documentElement.dataset.broken") is None
    assert page.evaluate("document.querySelectorAll('guichet-chat').length") <= 1


def test_the_corpus_is_large() -> None:
    assert len({*MARKUP, *ADDRESSES}) >= 60


def test_what_a_citizen_writes_stays_text(visit: Callable[..., Page], service: Service) -> None:
    page = visit()
    page.add_init_script(f"({QUIET})()")
    page.reload()
    open_panel(page)
    for text in MARKUP[:6]:
        # Whatever is asked for by then: some of these are taken for a wish to follow a request.
        page.locator("#answer").fill(text)
        page.get_by_role("button", name="Envoyer", exact=True).click()
        expect(page.locator(".citizen .bubble").last).to_contain_text(text)
        expect(page.locator(".message").last).not_to_have_class(re.compile("citizen"))
    conversation = saved(page)
    headers = {"Authorization": f"Bearer {conversation['token']}"}
    with httpx.Client(base_url=service.url, headers=headers, timeout=60) as client:
        for text in MARKUP[6:]:
            answer = client.post(f"/api/conversations/{conversation['id']}/messages", json={"text": text})
            assert answer.status_code == 200, (text, answer.text)
    expect(page.locator(".citizen")).to_have_count(len(MARKUP))
    stays_inert(page)
    back(page)
    expect(page.locator(".citizen")).to_have_count(len(MARKUP))
    stays_inert(page)


def test_what_the_house_writes_stays_text(visit: Callable[..., Page], service: Service) -> None:
    page = visit()
    page.add_init_script(f"({QUIET})()")
    open_panel(page)
    conversation = saved(page)
    rows = []
    for index, (text, author) in enumerate(product(MARKUP, (Author.BOT, Author.AGENT, Author.SYSTEM))):
        address = ADDRESSES[index % len(ADDRESSES)]
        extras: dict[str, Any] = {
            "sources": [{"title": text, "url": address, "checked": text, "note": text}],
            "request": {
                "reference": text,
                "access_code": text,
                "state": text,
                "due": text,
                "history": [{"state": text, "at": text, "reason": text}],
                "receipt_url": address,
            },
            "language": text,
        }
        rows.append(Message(author, f"{text}\n- {text}\nhttps://{text}", [Button(text, Command("greet"))], extras))
    awaited = {"field": MARKUP[0], "type": "choices", "label": MARKUP[5], "help": MARKUP[5], "required": False}
    choices = [{"value": text, "title": text} for text in MARKUP]
    rows.append(
        Message(Author.BOT, "Question", extras={"input": awaited | {"choices": choices, "step": 1, "steps": 2}})
    )
    put(service, conversation["id"], *rows)
    page.reload()
    expect(page.get_by_text("Question", exact=True)).to_be_attached()
    for author in ("bot", "agent", "system"):
        shown = page.locator(f".message.{author} .bubble", has_text="<img src=x onerror=alert(1)>")
        assert shown.count() >= 1
    stays_inert(page)
    # The same conversation on the page without scripts.
    cookie = f"{conversation['id']}.{conversation['token']}"
    page.context.add_cookies([{"name": "guichet_plain", "value": cookie, "url": f"{service.url}/plain"}])
    page.goto(f"{service.url}/plain")
    expect(page.get_by_role("heading", name="Votre conversation")).to_be_visible()
    stays_inert(page)


def test_the_token_is_in_no_address_and_no_cookie(visit: Callable[..., Page], service: Service) -> None:
    page = visit()
    addresses: list[str] = []
    page.on("request", lambda request: addresses.append(request.url))
    open_panel(page)
    say(page, "bonjour")
    expect(page.locator(".citizen")).to_have_count(1)
    token = saved(page)["token"]
    back(page)
    assert len(token) > 20
    assert not [address for address in addresses if token in address]
    assert token not in page.content()
    assert page.context.cookies() == []
    assert token not in service.log()


def elsewhere(page: Page, gateway: str, origin: str) -> None:
    """Show a town's website of another origin, under the strictest policy that lets one gateway in."""
    policy = (
        f"default-src 'none'; script-src {gateway}; connect-src {gateway}; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )
    body = (
        '<!doctype html><html lang="fr"><title>Ville</title>'
        f'<script type="module" src="{gateway}/widget.js"></script><guichet-chat></guichet-chat></html>'
    )
    headers = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": policy}
    page.route(f"{origin}/", lambda route: route.fulfill(status=200, headers=headers, body=body))
    page.goto(f"{origin}/")


def test_an_allowed_website_elsewhere_can_use_it_under_a_strict_policy(
    visit: Callable[..., Page], service: Service
) -> None:
    page = visit()
    elsewhere(page, service.url, ALLOWED_ORIGIN)
    open_panel(page)
    say(page, "combien coûte un passeport pour un adulte ?")
    expect(page.get_by_text(re.compile("86\\s€")).first).to_be_visible()
    put(service, saved(page)["id"], Message(Author.AGENT, "Un message poussé."))
    page.get_by_role("button", name="English").click()
    expect(page.get_by_text("Un message poussé.")).to_be_visible()
    expect(page.get_by_text("The assistant now answers in English.")).to_be_visible()
    assert page.locator(".panel").evaluate("node => getComputedStyle(node).position") == "fixed", "it has its look"


def test_another_website_is_refused(visit: Callable[..., Page], service: Service) -> None:
    page = visit(forgive="CORS|ERR_FAILED")
    elsewhere(page, service.url, "https://www.autre.example")
    with page.expect_event("requestfailed", lambda request: request.url.endswith("/api/conversations")):
        page.get_by_role("button", name="Une question ?").click()
    expect(page.get_by_text("Rien n’est perdu")).to_be_visible()
    assert page.locator(".message").count() == 0


def test_without_scripts_the_tag_is_a_plain_link(visit: Callable[..., Page]) -> None:
    page = visit(java_script_enabled=False)
    page.get_by_role("link", name="Ouvrir le guichet en ligne").click()
    expect(page.get_by_role("button", name="Commencer")).to_be_visible()


def test_a_stored_button_means_what_it_meant(visit: Callable[..., Page], service: Service) -> None:
    page = visit()
    open_panel(page)
    put(service, saved(page)["id"], Message(Author.BOT, "Choisissez", [Button("<b>Gras</b>", Command("greet"))]))
    back(page)
    press(page, "<b>Gras</b>")
    expect(page.locator(".citizen").last).to_contain_text("<b>Gras</b>")
    stays_inert(page)
