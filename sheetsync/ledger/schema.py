"""The ledger's tables. Row versions are appended, never overwritten: any generation can be read back."""

from __future__ import annotations

from sqlalchemy import JSON, Column, DateTime, Index, Integer, MetaData, String, Table, UniqueConstraint

#: Goes with every change of these tables: the newest of `migrations/versions`. An older ledger is migrated,
#: a newer one refused.
FORMAT = "4"

metadata = MetaData()

#: The format, where Alembic reads and writes it.
format_of = Table("ledger_format", metadata, Column("version_num", String(32), primary_key=True))

#: Facts about the ledger itself: its id.
fact = Table(
    "fact", metadata, Column("key", String, primary_key=True), Column("value", String, nullable=False)
)

#: One agreed (or candidate, or abandoned) version of a workbook; numbers are never used again.
generation = Table(
    "generation",
    metadata,
    Column("workbook", String, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("run", Integer, nullable=False),
    Column("state", String, nullable=False),  # candidate, agreed, abandoned
)

#: A record from generation `since` on, up to but without `until`. No contents: a tombstone.
row_version = Table(
    "row_version",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("workbook", String, nullable=False),
    Column("tab", String, nullable=False),
    Column("row_id", String, nullable=False),
    Column("rank", Integer, nullable=False),  # order of the record in its tab
    Column("since", Integer, nullable=False),
    Column("until", Integer),
    Column("contents", JSON(none_as_null=True)),
    Column("sources", JSON(none_as_null=True)),  # column -> places the change came from
    Index("row_version_of", "workbook", "tab", "row_id"),
    Index("row_version_now", "workbook", "until", "since"),
)

#: Ids that were minted, before they are written anywhere.
minted = Table(
    "minted",
    metadata,
    Column("workbook", String, primary_key=True),
    Column("tab", String, primary_key=True),
    Column("row_id", String, primary_key=True),
    Column("replica", String, nullable=False),
    Column("run", Integer, nullable=False),
    Column("contents", JSON, nullable=False),
)

#: What people had put into columns of their own in rows that a pass deleted, kept before they went.
own_cells = Table(
    "own_cells",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("workbook", String, nullable=False),
    Column("tab", String, nullable=False),
    Column("row_id", String, nullable=False),
    Column("replica", String, nullable=False),
    Column("run", Integer, nullable=False),
    Column("contents", JSON, nullable=False),  # header -> value
    Index("own_cells_of", "workbook", "tab", "row_id"),
)

#: What a replica's stamp means by now, where the replica needed no write to take part.
stamp = Table(
    "stamp",
    metadata,
    Column("workbook", String, primary_key=True),
    Column("replica", String, primary_key=True),
    Column("tab", String, primary_key=True),
    Column("stamp", Integer, primary_key=True),
    Column("generation", Integer, nullable=False),
)

#: Held cells; `settled` is the run after which places agreed again, `choice` what a person chose.
conflict = Table(
    "conflict",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("workbook", String, nullable=False),
    Column("tab", String, nullable=False),
    Column("row_id", String, nullable=False),
    Column("column", String, nullable=False),
    Column("opinions", JSON, nullable=False),  # place -> value
    Column("since", DateTime, nullable=False),
    Column("opened", Integer, nullable=False),
    Column("settled", Integer),
    Column("choice", JSON(none_as_null=True)),  # [value]
)

run = Table(
    "run",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("verb", String, nullable=False),
    Column("started", DateTime, nullable=False),
    Column("ended", DateTime),
    Column("outcome", JSON(none_as_null=True)),
)

#: The last pass of each verb that changed nothing, as long as nothing else changes the ledger.
quiet_pass = Table(
    "quiet_pass",
    metadata,
    Column("verb", String, primary_key=True),
    Column("depends_on", String, nullable=False),  # a fingerprint
    Column("report", JSON, nullable=False),
)

#: A record that stands for a record in another workbook, with the values both sides last agreed on.
link = Table(
    "link",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("workbook", String, nullable=False),
    Column("key", String, nullable=False),
    Column("row_id", String, nullable=False),
    Column("target_workbook", String, nullable=False),
    Column("target_row_id", String, nullable=False),
    Column("agreed", JSON, nullable=False),  # target column -> value
)

#: Occasions that were seen true; each becomes a milestone once.
occasion = Table(
    "occasion",
    metadata,
    Column("workbook", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("run", Integer, nullable=False),
)

#: Mails: one row a recipient. States: planned, sending, sent, retry, unknown, baseline.
outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String, nullable=False),
    Column("address", String, nullable=False),
    Column("state", String, nullable=False),
    Column("run", Integer, nullable=False),
    Column("kind", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("message_id", String, nullable=False),
    Column("message", String, nullable=False),  # the whole mail; emptied once it was sent
    Column("tries", Integer, nullable=False, default=0),
    Column("planned", DateTime, nullable=False),
    Column("changed", DateTime, nullable=False),
    Column("remark", String, nullable=False, default=""),
    UniqueConstraint("key", "address"),
)
