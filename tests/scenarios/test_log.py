"""The log tells every change, and every value that a person put in, also of those that did not count."""

from __future__ import annotations

from scenarios.desk import Desk
from sheetsync.verbs.conflicts import list_conflicts, resolve
from sheetsync.verbs.log import LogLine, Wanted, read_log, why_nothing


def log(desk: Desk, **wanted: object) -> list[tuple[object, ...]]:
    return [summary(it) for it in read_log(desk.program, Wanted(**wanted))]


def summary(it: LogLine) -> tuple[object, ...]:
    return it.row, it.column, it.kind, it.old, it.new, it.places


def test_a_change_is_told_from_what_to_what_and_where_it_was_typed(two_files: Desk) -> None:
    two_files.type("b.xlsx", "Ana", "Hours", 7)
    report = two_files.run()
    (line,) = read_log(two_files.program, Wanted(run=report.run))
    assert summary(line) == ("Ana", "Hours", "changed", 3, 7, ("b.xlsx",))
    assert (line.workbook, line.tab, line.verb, line.when) == ("team", "People", "run", two_files.now)


def test_a_new_row_is_told_cell_by_cell_and_a_deleted_one_as_a_whole(two_files: Desk) -> None:
    two_files.add("a.xlsx", Name="Ida", Hours=2)
    two_files.run()
    two_files.remove("b.xlsx", "Ida")
    two_files.run()
    assert log(two_files, record="ida") == [
        ("Ida", "Name", "added", None, "Ida", ("a.xlsx",)),
        ("Ida", "Hours", "added", None, 2, ("a.xlsx",)),
        ("Ida", "", "deleted", None, None, ()),
    ]


def test_both_values_of_a_conflict_and_the_choice_are_told(two_files: Desk) -> None:
    two_files.type("a.xlsx", "Ana", "Note", "from a")
    two_files.type("b.xlsx", "Ana", "Note", "from b")
    two_files.run()
    (held,) = list_conflicts(two_files.program, two_files.now).conflicts
    resolve(two_files.program, two_files.now, held.code, place="a.xlsx")
    told = log(two_files, record="Ana", column="note")
    assert ("Ana", "Note", "held", None, "from b", ("b.xlsx",)) in told
    assert ("Ana", "Note", "chosen", None, "from a", ()) in told
    assert ("Ana", "Note", "changed", None, "from a", ("the command line",)) in told


def test_the_log_is_cut_to_the_newest_lines(two_files: Desk) -> None:
    for hours in (5, 6, 7):
        two_files.type("a.xlsx", "Bo", "Hours", hours)
        two_files.run()
    assert [it[4] for it in log(two_files, record="Bo", column="Hours", limit=2)] == [6, 7]
    assert log(two_files, place="b.x") == []
    row_id = two_files.ids("a.xlsx")["Bo"]
    assert log(two_files, record=row_id) == log(two_files, record="Bo")


def test_what_the_log_does_not_know_is_told_with_the_nearest_that_it_does(two_files: Desk) -> None:
    two_files.type("b.xlsx", "Ana", "Hours", 7)
    two_files.run()

    def told(**wanted: object) -> str:
        return why_nothing(two_files.program, Wanted(**wanted))

    assert told(column="Hour") == 'No column in the log is called "Hour". Did you mean "Hours"?'
    assert told(record="Anna") == 'No row in the log is called "Anna". Did you mean "Ana"?'
    assert told(place="c.xlsx").startswith('No copy in the log is called "c.xlsx". Did you mean')
    assert told(run=99) == "Run 99 changed nothing, or there is no such run."
    assert told(record="Ana", column="Email", place="b.xlsx") == "", "each is known, there is no such line"


def test_a_value_that_may_not_cross_is_told_once_also_when_its_copy_is_gone(two_files: Desk) -> None:
    two_files.type("b.xlsx", "Bo", "Hours", "lukewarm")
    number = two_files.run().run
    two_files.run()
    two_files.path("b.xlsx").unlink()
    two_files.provision()
    two_files.run()
    assert log(two_files, record="Bo", column="Hours", run=number) == [
        ("Bo", "Hours", "typed", None, "lukewarm", ("b.xlsx",))
    ]
    assert [it[4] for it in log(two_files, record="Bo", column="Hours")].count("lukewarm") == 1
