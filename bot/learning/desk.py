"""The desk at which a person puts models in service: rules, proof and a line in the audit trail, for every door."""

from pathlib import Path

from bot.accounts.audit import AuditTrail
from bot.db import Database
from bot.learning import promotion
from bot.learning.gate import Verdict
from bot.learning.runs import RunStore


class ModelDesk:
    """Promotes models and goes back.

    Args:
        models_dir: the folder of the models.
        database: where the runs are.
        trail: where it is written who did what.
    """

    def __init__(self, models_dir: Path, database: Database, trail: AuditTrail) -> None:
        self._models = models_dir
        self._runs = RunStore(database)
        self._trail = trail

    async def promote(self, name: str, by: str, *, admin: bool, reason: str = "") -> bool:
        """Put a model in service.

        Args:
            name: of the archive.
            by: the account's name.
            admin: whether it is an admin.
            reason: why, when the gate did not let the model pass.

        Returns:
            True once an engine serves it; False when none runs: it serves from the next start on.

        Raises:
            Conflict: the gate does not let it pass, and this is no admin with a written reason.
            NotFound: there is no such model.
            Misconfigured: it is damaged, from another version, or the engine refused it; the one before serves.
        """
        promotion.check_archive(self._models / name)
        run = await self._runs.of_challenger(name)
        decision = await self._runs.decision(run) if run else None
        promotion.check_right(decision, admin=admin, reason=reason)
        passed = decision is not None and decision.verdict is Verdict.PASSED
        # The intention is written first: what happens to the service is never without a line.
        detail = "the gate passed it" if passed else f"against the gate: {reason.strip()}"
        await self._trail.note(by, "promoted", "model", name, detail)
        before = promotion.put_in_service(self._models, name)
        return await self._wait(name, by, f"{before} stays")

    async def rollback(self, by: str, serving: str = "") -> tuple[str, bool]:
        """Put the model before back in service.

        Args:
            by: the account's name.
            serving: the model that it takes out of service, as the person saw it; empty: whichever serves.

        Returns:
            Its name, and whether an engine serves it already.

        Raises:
            Conflict: there is none to go back to, or somebody has put another in service meanwhile.
            Misconfigured: it is damaged or from another version.
        """
        name = promotion.put_back(self._models, serving)
        await self._trail.note(by, "rolled-back", "model", name)
        return name, await self._wait(name, by, "the other stays")

    async def _wait(self, name: str, by: str, otherwise: str) -> bool:
        try:
            return await promotion.wait_in_service(self._models, name)
        except Exception:
            await self._trail.note(by, "not-in-service", "model", name, otherwise)
            raise
