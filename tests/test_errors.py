"""Every error has the shape of a problem document, a code of its own and a status that fits."""

import re

import pytest

from bot import errors
from bot.errors import GuichetError

CLASSES = [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, GuichetError)]


@pytest.mark.parametrize("error", CLASSES)
def test_an_error_is_a_problem_document(error: type[GuichetError]) -> None:
    problem = error("Le message.").problem()
    assert set(problem) == {"type", "title", "status", "detail", "code"}
    assert problem["type"] == f"urn:guichet:error:{problem['code']}"
    assert problem["title"] == problem["code"].replace("-", " ")
    assert problem["detail"] == "Le message."
    assert 400 <= problem["status"] <= 599


@pytest.mark.parametrize("error", CLASSES)
def test_an_error_has_a_stable_code_in_kebab_case(error: type[GuichetError]) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", error.default_code)
    assert error("x").code == error.default_code
    assert error("x", code="wrong-token").problem()["code"] == "wrong-token"


def test_no_two_errors_have_the_same_code() -> None:
    codes = [each.default_code for each in CLASSES]
    assert len(codes) == len(set(codes))


def test_further_members_stand_beside_the_others() -> None:
    problem = errors.TooManyRequests("Moins vite.", retry_after=12).problem()
    assert (problem["retry_after"], problem["status"], problem["code"]) == (12, 429, "too-many-requests")


def test_an_error_says_its_message_when_it_is_printed() -> None:
    assert str(errors.NotFound("No service is called x.")) == "No service is called x."


def test_a_mistake_of_the_caller_can_be_told_from_a_fault_of_ours() -> None:
    callers = {each.__name__ for each in CLASSES if each.status < 500}
    assert callers == {
        "InvalidInput", "TooLarge", "TooSlow", "Unprocessable", "NotAllowed", "NotFound", "Conflict", "TooManyRequests",
    }  # fmt: skip


def test_the_tree_at_the_top_of_the_module_gives_each_error_its_status() -> None:
    drawn = dict(re.findall(r"── (\w+) +(\S+)", errors.__doc__ or ""))
    # Misconfigured stops a command: the tree shows its exit code instead.
    assert drawn.pop("Misconfigured") == "exit"
    assert set(drawn) == {each.__name__ for each in CLASSES} - {"GuichetError", "Misconfigured"}
    assert [name for name, status in drawn.items() if str(getattr(errors, name).status) not in status] == []
