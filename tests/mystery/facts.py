"""What a visit left behind: rows of the database, requests on the agent's desk, and everything written in clear."""

from tests.mystery.doors.office import Software
from tests.mystery.transcript import Facts, Record
from tests.service import Service


async def look(service: Service, software: Software, record: Record, conversations: list[str], log_from: int) -> Facts:
    """Return what is there.

    Args:
        service: the running service.
        software: the office's program, which reads requests as an agent does.
        record: the visit, for the request that was there before it.
        conversations: those of the visit.
        log_from: how long the log of the service was when the visit began.
    """
    facts = Facts()
    for each in conversations:
        facts.turns += service.rows("SELECT * FROM turns WHERE conversation_id = ? ORDER BY number", each)
        facts.requests += service.rows("SELECT * FROM requests WHERE conversation_id = ?", each)
        facts.notes += service.rows("SELECT * FROM feedback WHERE conversation_id = ? ORDER BY id", each)
        facts.handoffs += service.rows("SELECT * FROM handoffs WHERE conversation_id = ?", each)
        messages = service.rows("SELECT text, body FROM messages WHERE conversation_id = ?", each)
        facts.logged += repr(messages)
    facts.logged += repr([(t["text"], t["entities"], t["alternatives"]) for t in facts.turns])
    facts.logged += repr([note["comment"] for note in facts.notes]) + service.log()[log_from:]
    facts.conversation = not conversations or bool(
        service.rows("SELECT 1 FROM conversations WHERE id = ?", conversations[-1])
    )
    for row in facts.requests:
        if row["filed_at"]:
            _, facts.cases[row["reference"]] = await software.call("GET", f"/requests/{row['reference']}")
    if "reference" in record.values and record.visit.given:
        _, facts.given = await software.call("GET", f"/requests/{record.values['reference']}")
    return facts
