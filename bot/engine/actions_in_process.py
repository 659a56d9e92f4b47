"""Runs the project's actions in the engine's own process, where Rasa expects an HTTP endpoint.

Rasa goes on after an action that raised, with its events lost and nothing said. Here the failure is remembered with
the turn, which then fails as a whole: the citizen's message can be sent again, and nothing half done is kept.
"""

import json
import logging
from typing import Any

from rasa.core.actions.action import RemoteAction
from rasa.utils.endpoints import ClientResponseError, EndpointConfig
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection

from bot.conversations.turn import current
from bot.errors import Failed, GuichetError

logger = logging.getLogger(__name__)


def _believe(self: RemoteAction, result: dict[str, Any]) -> bool:
    """Accept what an action returned: the executor of the same process has just built it.

    Rasa checks the JSON schema of its schema, then the schema, at every call: 80 % of the time of a turn (measured).
    """
    return True


RemoteAction._validate_action_result = _believe


class ActionsInProcess(EndpointConfig):
    """An action endpoint without network.

    Args:
        package: the package whose `Action` classes are run.
    """

    def __init__(self, package: str) -> None:
        # The domain is the same at each call and no action reads it: it is not copied into each call.
        super().__init__(url="in-process", enable_selective_domain=True)
        self.kwargs["enable_selective_domain"] = True
        self._executor = ActionExecutor()
        self._executor.register_package(package)

    @property
    def names(self) -> set[str]:
        """The names of the actions that can be run."""
        return set(self._executor.actions)

    async def request(self, method: str = "post", **kwargs: Any) -> Any:
        """Run the action that a call names and return its events and responses."""
        call = kwargs["json"]
        name = call["next_action"]
        try:
            return await self._executor.run(call)
        except ActionExecutionRejection as rejection:
            body = json.dumps({"action_name": name, "error": str(rejection)})
            raise ClientResponseError(400, "rejected", body) from rejection
        except Exception as error:
            # Neither the message nor the arguments of the error are logged: they may hold what the citizen wrote.
            place = _place(error)
            logger.error("action %s failed: %s at %s", name, type(error).__name__, place)
            turn = current()
            if turn is not None:
                turn.failure = (
                    error
                    if isinstance(error, GuichetError)
                    else Failed(f"The action {name} failed ({type(error).__name__} at {place}).", code="action-failed")
                )
            raise


def _place(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}" if trace else "?"
