"""Every room that has tables, so that `Base.metadata` knows them all."""

from bot import jobs
from bot.accounts import tables as accounts
from bot.conversations import handoff_tables, review_tables
from bot.conversations import tables as conversations
from bot.db import Base
from bot.improvement import tables as improvement
from bot.learning import examples_tables, inbox_tables, runs_tables
from bot.requests import files_tables
from bot.requests import tables as requests
from bot.satisfaction import facts_store, facts_tables, totals_tables, verbatims_tables
from bot.satisfaction import tables as satisfaction

ROOMS = (
    accounts,
    conversations,
    examples_tables,
    facts_store,
    facts_tables,
    files_tables,
    handoff_tables,
    improvement,
    inbox_tables,
    jobs,
    requests,
    review_tables,
    runs_tables,
    satisfaction,
    totals_tables,
    verbatims_tables,
)
METADATA = Base.metadata
"""Their tables."""
