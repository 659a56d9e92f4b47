"""What Alembic runs for each migration."""

from alembic import context

from bot.conversations import tables as conversations
from bot.db import Base
from bot.improvement import tables as improvement
from bot.learning import examples_tables, inbox_tables, runs_tables
from bot.requests import files_tables
from bot.requests import tables as requests
from bot.satisfaction import facts_tables, totals_tables, verbatims_tables
from bot.satisfaction import tables as satisfaction

ROOMS = (
    conversations,
    examples_tables,
    facts_tables,
    files_tables,
    improvement,
    inbox_tables,
    requests,
    runs_tables,
    satisfaction,
    totals_tables,
    verbatims_tables,
)
"""Every room that has tables, so that `Base.metadata` knows them all."""

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    # SQLite changes a table by copying it.
    render_as_batch=True,
    transactional_ddl=False,
)
context.run_migrations()
