"""What no answer of the administration means, where the rule is known."""

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, HttpUrl


class Silence(BaseModel):
    """The rule for one service.

    The general rule is acceptance after two months (CRPA L231-1), with many exceptions, by law (L231-4) and by decree
    (L231-5, L231-6). So nothing is assumed: a service has this part when somebody knows its rule.

    Attributes:
        means: what the request is deemed to be.
        months: how long after the receipt.
        law: the text that says so.
        url: where it can be read.
        basis: `page` when somebody read the text, `memory` when it was written from what is known of it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    means: Literal["accepted", "refused"]
    months: int = Field(ge=1, le=24)
    law: str = Field(min_length=1)
    url: HttpUrl | None = None
    basis: Literal["page", "memory"] = "memory"

    def from_day(self, received: date) -> date:
        """Return the day from which no answer means that.

        A period of months ends on the day of the same number, or on the last day of a shorter month.
        """
        month = received.month - 1 + self.months
        year, month = received.year + month // 12, month % 12 + 1
        for day in range(received.day, 27, -1):
            try:
                return date(year, month, day)
            except ValueError:
                continue
        return date(year, month, received.day)
