"""A request that the office's own software files for a citizen: all its answers at once, checked as in the chat."""

from datetime import date
from typing import Any

from bot.catalogue.model import RequestForm, Service
from bot.errors import Unprocessable
from bot.requests.casework import Author
from bot.requests.fields import InvalidAnswer, read_answer
from bot.requests.model import Request, asked, next_field
from bot.requests.store import RequestStore


def read_answers(form: RequestForm, given: dict[str, str], today: date) -> dict[str, Any]:
    """Return the values that texts give to the fields of a form, asked in their order.

    Args:
        form: what is asked.
        given: a text for each field, as a person would write it; optional fields may be left out.
        today: the day of the answers.

    Raises:
        Unprocessable: an answer is missing, does not fit, or is for a field that is not asked; `field` names it.
    """
    answers: dict[str, Any] = {}
    while (field := next_field(form, answers)) is not None:
        text = given.get(field.id)
        if text is None:
            if field.required:
                raise Unprocessable(f"`{field.id}` is missing.", code="answer-missing", field=field.id)
            answers[field.id] = None
            continue
        try:
            answers[field.id] = read_answer(field, text, today)
        except InvalidAnswer as error:
            raise Unprocessable(
                f"The answer to `{field.id}` does not fit: {error.code}.", code="answer-invalid", field=field.id
            ) from None
    unknown = sorted(set(given) - {field.id for field in asked(form, answers)})
    if unknown:
        raise Unprocessable("This field is not asked.", code="answer-unknown", field=unknown[0])
    return answers


async def take_in(
    requests: RequestStore, service: Service, language: str, given: dict[str, str], author: Author, today: date
) -> Request:
    """File a request for a citizen.

    Raises:
        Unprocessable: the service has no request that is filed here, or an answer does not fit.
    """
    if service.request is None:
        raise Unprocessable("No request for this service is filed here.", code="not-submittable", field="service")
    answers = read_answers(service.request, given, today)
    draft = await requests.start(service.id, language, None, author)
    await requests.answer(draft.id, answers)
    return await requests.file(draft.id, service.request.delay_days, author)
