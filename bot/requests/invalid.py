"""What is wrong with an answer that does not fit its field."""

from typing import Any


class InvalidAnswer(ValueError):
    """An answer does not fit its field; `code` names the explanation, `values` fills it.

    The explanation is the response `utter_invalid_<code>` of domain.yml.
    """

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(code)
        self.code = code
        self.values = values
