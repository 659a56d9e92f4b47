"""The words of the pages: every one that a page asks for exists, in both languages."""

import ast
import re
from pathlib import Path

import yaml

from bot.web.console.render import HERE, words
from tests.conftest import ROOT


def test_every_word_that_a_page_asks_for_exists() -> None:
    asked = set()
    for template in (HERE / "templates").glob("*.html"):
        asked |= set(re.findall(r"""\bt\(["']([a-z_-]+[a-z])["'](?: *[,)])""", template.read_text(encoding="utf-8")))
    assert len(asked) > 100
    assert asked - set(words()) == set()


def test_a_name_stands_in_one_file_for_one_thing() -> None:
    names = [name for path in HERE.glob("words*.yml") for name in yaml.safe_load(path.read_text(encoding="utf-8"))]
    assert sorted(names) == sorted(set(names))


def test_every_word_is_there_in_french_and_in_english_with_the_same_blanks() -> None:
    for name, said in words().items():
        assert set(said) == {"fr", "en"}, name
        blanks = [sorted(re.findall(r"\{\w+\}", said[language])) for language in ("fr", "en")]
        assert blanks[0] == blanks[1], name


def test_pages_name_no_word_in_their_own_text() -> None:
    # A letter between two tags is a word that nobody translated.
    for template in Path(HERE / "templates").glob("*.html"):
        markup = template.read_text(encoding="utf-8")
        markup = re.sub(r"\{% block page %\}\w+", "", markup)
        bare = re.sub(r"\{[{%#].*?[}%#]\}|<[^>]+>", " ", markup, flags=re.S)
        found = set(re.findall(r"[A-Za-zÀ-ÿ]{3,}", bare))
        assert found <= {"guichet", "user", "add", "role", "admin", "Français", "English"}, (template.name, found)


def test_whatever_the_audit_trail_may_say_is_said_in_words() -> None:
    noted: set[tuple[str, str]] = set()
    for path in (ROOT / "bot").rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            # note(request, account, action, kind, …), trail.note(account, action, kind, …), trail.note_in(session, …)
            if isinstance(call, ast.Call) and ast.unparse(call.func).endswith(("note", "note_in")):
                said = [each.value for each in call.args[:4] if isinstance(each, ast.Constant)]
                noted |= {(said[0], said[1])} if len(said) == 2 else set()
    assert len(noted) > 30
    assert {f"did-{action}" for action, _ in noted} - set(words()) == set()
    assert {f"kind-{kind}" for _, kind in noted} - set(words()) == set()
