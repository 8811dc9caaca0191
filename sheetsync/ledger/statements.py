"""What every pass asks of a workbook's generations, put together once.

SQLAlchemy takes longer to put a statement together than a database to answer it. "book" is the workbook.
"""

from __future__ import annotations

from sqlalchemy import Integer, bindparam, delete, func, or_, select, union_all, update

from sheetsync.ledger.schema import generation, minted, row_version, stamp

_version = row_version.c
_number = bindparam("number", type_=Integer)
_ours = _version.workbook == bindparam("book")

NUMBERS = (
    select(generation.c.state, func.max(generation.c.number))
    .where(generation.c.workbook == bindparam("book"))
    .group_by(generation.c.state)
)
AGREED = (
    select(_version.tab, _version.row_id, _version.contents)
    .where(_ours, _version.since <= _number, or_(_version.until.is_(None), _version.until > _number))
    .order_by(_version.rank, _version.since)
)
MEANING = select(stamp.c.tab, stamp.c.stamp, stamp.c.generation).where(
    stamp.c.workbook == bindparam("book"), stamp.c.replica == bindparam("replica")
)
MINTED = select(minted.c.tab, minted.c.row_id).where(minted.c.workbook == bindparam("book"))
EVER = union_all(select(_version.tab, _version.row_id).where(_ours), MINTED)
RANKS = (
    select(_version.tab, _version.row_id, func.min(_version.rank))
    .where(_ours)
    .group_by(_version.tab, _version.row_id)
    .order_by(func.min(_version.rank))
)

_of_it = select(_version.id).where(_ours, _version.tab == minted.c.tab, _version.row_id == minted.c.row_id)
TYPED = select(
    minted.c.tab,
    minted.c.row_id,
    minted.c.contents,
    _of_it.where(_version.until.is_(None), _version.contents.is_(None)).exists(),
).where(
    minted.c.workbook == bindparam("book"),
    minted.c.replica == bindparam("replica"),
    ~_of_it.where(_version.since <= _number).exists(),
)

UNBORN = select(minted.c.tab, minted.c.row_id).where(
    minted.c.workbook == bindparam("book"), minted.c.replica == bindparam("replica"), ~_of_it.exists()
)

_fresh = row_version.alias().c
REPLACE = (
    update(row_version)
    .where(
        _ours,
        _version.until.is_(None),
        _version.since < _number,
        select(_fresh.id)
        .where(
            _fresh.workbook == bindparam("book"),
            _fresh.since == _number,
            _fresh.tab == _version.tab,
            _fresh.row_id == _version.row_id,
        )
        .exists(),
    )
    .values(until=_number)
)
MARK = (
    update(generation)
    .where(generation.c.workbook == bindparam("book"), generation.c.number == bindparam("which"))
    .values(state=bindparam("mark"))
)
UNLEARN = delete(stamp).where(
    stamp.c.workbook == bindparam("book"),
    stamp.c.replica == bindparam("of"),
    stamp.c.tab == bindparam("at"),
)
