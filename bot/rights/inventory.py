"""Every table of the database, and what becomes of its rows: nothing is kept because nobody thought of it.

A test compares this with the tables themselves, and shows that a purge empties what it says it empties.
"""

PURGED = {
    "conversations": "conversations",
    **dict.fromkeys(("messages", "turns", "buttons", "pending_messages", "reminders"), "conversations"),
    "conversation_services": "conversations",
    **dict.fromkeys(("handoffs", "handoff_events"), "conversations"),
    **dict.fromkeys(("reviews", "conversation_tags", "conversation_comments", "annotations"), "conversations"),
    "examples_proposed": "conversations",
    **dict.fromkeys(("mentions", "review_samples", "sample_verdicts"), "conversations"),
    **dict.fromkeys(("inbox_messages", "inbox_groups", "inbox_labels", "changed_messages"), "conversations"),
    **dict.fromkeys(("learned_examples", "example_sources"), "examples"),
    # With its digests of the contact; the outbox also holds what waits for who left a message, and goes with it.
    **dict.fromkeys(("requests", "request_events", "outbox", "request_files"), "requests"),
    "request_contacts": "comings",
    "feedback": "feedback",
    **dict.fromkeys(("verbatim_readings", "improvement_verbatims"), "feedback"),
    "facts": "facts",
    "invitations": "invitations",
    "audit_trail": "audit",
}
"""The kind of the purge with which the rows of a table go; `drafts` go as `requests` do, at their own age."""

KEPT = {
    "accounts": "people who work here: closed by an administrator, and kept so that the audit trail names somebody",
    "sessions": "gone an hour after the last use, twelve at most: `SessionStore.forget`, a job of every hour",
    "openid_logouts": "a digest, gone a quarter of an hour later: `Logouts.forget`, a job of every hour",
    "login_failures": "a hash, gone after a day: `Failures.forget`, a job of every hour",
    "presences": "one row an account, written over, and gone when the desk is left",
    "saved_filters": "what a colleague set up for their own list: kept until they delete it or lose the account",
    "webhooks": "an address of the office's software: kept until the office removes it",
    "api_tokens": "a hash, and when it was revoked: shows which program could do what",
    "fact_marks": "one row a source of signals: how far it was read; nobody's",
    "agent_answers": "that an account answered in a month, never what: gone with its first answer of a later month",
    **dict.fromkeys(
        ("fact_cells", "fact_totals"),
        "sums of facts, as a published table has them: kept so that years can be compared",
    ),
    "verbatim_topics": "words that many wrote in a month, and which comments: the comments themselves go",
    **dict.fromkeys(
        ("improvement_actions", "improvement_notes", "failure_modes", "satisfaction_alerts", "quality_reviews"),
        "what the office did with its figures: the evidence of an audit, no citizen's words",
    ),
    "harvests": "one row a part of the log: how far it was read; nobody's",
    "proposed_intents": "a meaning that a trainer named: no citizen's words",
    "training_runs": "what each model was made of and how it did: kept with the models, no text of a citizen",
    "jobs": "one row a job: when it is due; nobody's",
}
"""Why the purge leaves a table alone."""
