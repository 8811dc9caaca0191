"""Which records a tab has after the merge, what they hold, and what each copy still lacks."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import permutations

import pytest

from core.merge.copies import PEOPLE, WORDS, broken, contents, lacks, merged, minter, row, rows, side
from sheetsync.core.merge.brakes import DELETES, EMPTY_TAB, brake_for
from sheetsync.core.merge.merger import merge_tab
from sheetsync.core.merge.tabs import LABELS, Side, Terms
from sheetsync.core.model import Column, Tab, TabKind
from sheetsync.core.plan import Row, TabSnapshot

ANA, BO, CY = {"name": "Ana", "note": "a"}, {"name": "Bo", "note": "b"}, {"name": "Cy", "note": "c"}
AGREED = {"r1": ANA, "r2": BO}


def untouched(name, base=AGREED, stamp=1):
    return side(name, rows(base), base, stamp)


def notes(merge):
    return [it.message for it in merge.notes]


class TestNewRows:
    def test_a_new_row_gets_an_id_and_goes_to_the_end_of_the_other_copies(self):
        a, b = side("A", [row("", **CY), *rows(AGREED)], AGREED), untouched("B")
        merge = merged(AGREED, a, b)
        assert contents(merge) == {**AGREED, "new1": CY}
        assert lacks(a, merge, {}, 2).ids == {0: "new1"}
        assert lacks(b, merge, {}, 2).new == (("new1", CY),)

    def test_rows_typed_alike_in_two_copies_are_one_record(self):
        merge = merged({}, side("A", [row("", **CY)], {}), side("B", [row("", **CY)], {}))
        assert contents(merge) == {"new1": CY}
        assert merge.origins == {"new1": {"A", "B"}}

    def test_rows_with_an_equal_unique_value_are_one_record_and_the_rest_is_merged(self):
        a = side("A", [row("", name="Cy", email="cy@acme.example", note="from A")], {})
        b = side("B", [row("", name="Cy", email="CY@acme.example ")], {})
        merge = merged({}, a, b)
        assert merge.rows["new1"] == {"name": "Cy", "note": "from A"}
        assert merge.conflicts().keys() == {("new1", "email")}

    def test_rows_of_the_same_name_only_stay_two_records(self):
        a = side("A", [row("", name="Cy", note="one")], {})
        b = side("B", [row("", name="Cy", note="other")], {})
        assert len(contents(merged({}, a, b))) == 2

    def test_a_new_row_waits_until_its_id_is_durable_where_it_was_typed(self):
        a, b = side("A", [row("", **CY)], {}), side("B", [], {})
        merge = merged({}, a, b)
        assert lacks(b, merge, {}, 2, waiting={"new1"}).new == ()

    def test_a_row_that_a_crash_left_without_its_id_finds_it_again_and_its_twin_joins_it(self):
        a = side("A", [row("", **CY)], {}, 0, withdrawn={"r9": CY})
        b = side("B", [row("", **CY)], {}, 0)
        merge = merged({}, a, b)
        assert contents(merge) == {"r9": CY}
        assert merge.origins == {"r9": {"A", "B"}}

    def test_a_row_of_faulty_values_alone_stays_in_its_copy_and_is_no_conflict(self):
        a, b = side("A", [row("", name="!")], {}), side("B", [], {})
        merge = merged({}, a, b)
        assert merge.faulty() == {("new1", "name"): "!"}
        assert merge.conflicts() == {}
        assert not lacks(b, merge, {}, 2).new

        agreed = contents(merge)
        again = merged(agreed, side("A", [row("new1", name="!")], agreed, 2), side("B", [], agreed, 2))
        assert not lacks(untouched("A", agreed), again, {}, 2)
        assert not lacks(untouched("B", agreed), again, {}, 2)

        gone = merged(agreed, side("A", [], agreed, 2), side("B", [], agreed, 2))
        assert contents(gone) == {}

    def test_computed_columns_are_written_to_new_rows_and_are_no_opinions(self):
        a, b = side("A", [row("", **CY)], {}), side("B", [], {})
        edits = [lacks(it, merged({}, a, b), {"new1": {"flags": "M102"}}, 2) for it in (a, b)]
        assert edits[0].cells == {0: {"flags": "M102"}}
        assert edits[1].new == (("new1", {**CY, "flags": "M102"}),)


class TestDeletedRows:
    def test_a_row_gone_in_one_copy_and_unedited_elsewhere_is_deleted_everywhere(self):
        a, b = side("A", [row("r2", **BO)], AGREED), untouched("B")
        merge = merged(AGREED, a, b)
        assert contents(merge) == {"r2": BO}
        assert merge.deleted == {"r1"}
        assert lacks(b, merge, {}, 2).gone == (0,)

    def test_a_cleared_row_is_a_deleted_row(self):
        a, b = side("A", [row("r1"), row("r2", **BO)], AGREED), untouched("B")
        merge = merged(AGREED, a, b)
        assert merge.deleted == {"r1"}
        assert lacks(a, merge, {}, 2).gone == (0,)

    def test_a_row_gone_here_and_edited_there_comes_back_and_is_told(self):
        a = side("A", [row("r2", **BO)], AGREED)
        b = side("B", [row("r1", name="Ana", note="edited"), row("r2", **BO)], AGREED)
        merge = merged(AGREED, a, b)
        assert merge.rows["r1"] == {"name": "Ana", "note": "edited"}
        assert lacks(a, merge, {}, 2).new == (("r1", {"name": "Ana", "note": "edited"}),)
        (told,) = notes(merge)
        assert 'the row "Ana" was deleted in A, but B holds a change' in told

    def test_a_held_cell_is_an_edit(self):
        b = side("B", [row("r1", name="!", note="a"), row("r2", **BO)], AGREED)
        merge = merged(AGREED, side("A", [row("r2", **BO)], AGREED), b)
        assert merge.deleted == set()
        assert merge.rows["r1"] == ANA

    def test_a_row_gone_from_a_stale_copy_but_edited_since_comes_back(self):
        newer = {"r1": {"name": "Ana", "note": "newer"}, "r2": BO}
        merge = merged(newer, side("A", [row("r2", **BO)], AGREED), untouched("B", newer, 2))
        assert contents(merge) == newer

    def test_a_stale_copy_does_not_bring_a_deleted_row_back(self):
        newest = {"r2": BO}
        stale = untouched("A")
        merge = merged(newest, stale, untouched("B", newest, 2))
        assert contents(merge) == newest
        assert lacks(stale, merge, {}, 2).gone == (0,)

    def test_a_deleted_row_that_was_edited_in_a_stale_copy_comes_back_whole(self):
        newest = {"r2": BO}
        stale = side("A", [row("r1", name="Ana", note="edited"), row("r2", **BO)], AGREED)
        merge = merged(newest, stale, untouched("B", newest, 2))
        assert merge.rows["r1"] == {"name": "Ana", "note": "edited"}
        assert not lacks(stale, merge, {}, 3).cells

    def test_a_row_that_no_present_copy_ever_had_stays(self):
        assert contents(merged(AGREED, side("A", [], {}, 0))) == AGREED

    def test_rows_deleted_in_every_copy_are_deleted(self):
        a, b = side("A", [row("r2", **BO)], AGREED), side("B", [row("r2", **BO)], AGREED)
        assert merged(AGREED, a, b).deleted == {"r1"}


class TestStaleCopies:
    def test_a_stale_copy_gets_what_was_agreed_since(self):
        newer = {"r1": {"name": "Ana", "note": "newer"}, "r2": BO}
        stale = untouched("A")
        merge = merged(newer, stale, untouched("B", newer, 2))
        assert contents(merge) == newer
        assert lacks(stale, merge, {}, 2).cells == {0: {"note": "newer"}}

    def test_an_edit_in_a_stale_copy_against_a_newer_value_is_held(self):
        newer = {"r1": {"name": "Ana", "note": "newer"}, "r2": BO}
        stale = side("A", [row("r1", name="Ana", note="stale"), row("r2", **BO)], AGREED)
        merge = merged(newer, stale, untouched("B", newer, 2))
        assert set(merge.held["r1", "note"].values()) == {"stale", "newer"}
        assert not lacks(stale, merge, {}, 3).cells

    def test_a_stale_copy_gets_what_was_agreed_since_where_another_holds_a_faulty_value(self):
        newer = {"r1": {"name": "Ana"}, "r2": BO}
        stale, faulty = (
            untouched("A"),
            side("B", [row("r1", name="Ana", note="!"), row("r2", **BO)], newer, 2),
        )
        merge = merged(newer, stale, faulty)
        assert lacks(stale, merge, {}, 2).cells == {0: {"note": None}}
        assert not lacks(faulty, merge, {}, 2).cells

    def test_a_row_typed_here_that_lost_its_id_to_a_stale_save_is_an_edit_of_it(self):
        agreed = {"r9": CY}
        stale = side("A", [row("", name="Cy", note="edited")], {}, 0, withdrawn={"r9": CY})
        assert contents(merged(agreed, stale, untouched("B", agreed))) == {
            "r9": {"name": "Cy", "note": "edited"}
        }

    def test_an_unedited_row_that_crossed_before_its_copy_took_part_follows_what_is_agreed(self):
        agreed = {"r9": CY}
        behind = side("A", [row("r9", **CY)], {}, 0)
        merge = merged(agreed, behind, untouched("B", agreed))
        assert contents(merge) == agreed
        assert not lacks(behind, merge, {}, 1)


class TestOrderAndIds:
    def test_sorting_writes_nothing(self):
        a = side("A", [row("r2", **BO), row("r1", **ANA)], AGREED)
        merge = merged(AGREED, a, untouched("B"))
        assert contents(merge) == AGREED
        assert not lacks(a, merge, {}, 2)

    def test_sorting_the_visible_columns_alone_moves_ids_and_no_cell(self):
        a, b = side("A", [row("r1", **BO), row("r2", **ANA)], AGREED), untouched("B")
        merge = merged(AGREED, a, b)
        assert contents(merge) == AGREED
        assert lacks(a, merge, {}, 2).ids == {0: "r2", 1: "r1"}
        assert not lacks(a, merge, {}, 2).cells
        assert not lacks(b, merge, {}, 2)

    def test_repairs_are_told_with_the_row_as_people_see_it(self):
        a = side("A", [row("r1", **ANA), row("r1", **ANA), row("r2", **BO)], AGREED)
        merge = merged(AGREED, a, untouched("B"))
        assert notes(merge) == ["A: People, row 4: the row was copied together with its hidden id; mended."]
        assert [it.code for it in merge.notes] == ["D006"]

    def test_a_header_pasted_among_the_rows_is_a_row_like_any_other(self):
        agreed = {**AGREED, LABELS: {"name": "Full name"}}
        a = side("A", [*rows(AGREED), row("", name="Full name"), row(LABELS, name="Dee")], agreed)
        merge = merged(agreed, replace(a, tab=replace(a.tab, labels={**WORDS, "name": "Full name"})))
        assert contents(merge) == {**AGREED, "new1": {"name": "Full name"}, "new2": {"name": "Dee"}}
        assert merge.rows[LABELS] == {"name": "Full name"}


class TestCells:
    def test_edits_of_different_cells_of_a_row_are_both_kept(self):
        a = side("A", [row("r1", name="Ana Ruiz", note="a"), row("r2", **BO)], AGREED)
        b = side("B", [row("r1", name="Ana", note="b!"), row("r2", **BO)], AGREED)
        merge = merged(AGREED, a, b)
        assert merge.rows["r1"] == {"name": "Ana Ruiz", "note": "b!"}
        assert merge.sources == {"r1": {"name": ("A",), "note": ("B",)}}
        assert lacks(a, merge, {}, 2).cells == {0: {"note": "b!"}}

    def test_a_held_cell_is_written_nowhere(self):
        a = side("A", [row("r1", name="Ana", note="A"), row("r2", **BO)], AGREED)
        b = side("B", [row("r1", name="Ana", note="B"), row("r2", **BO)], AGREED)
        merge = merged(AGREED, a, b)
        assert merge.conflicts() == {("r1", "note"): {"A": "A", "B": "B"}}
        assert not lacks(a, merge, {}, 2)
        assert not lacks(b, merge, {}, 2)

    def test_the_same_faulty_value_in_two_copies_is_no_conflict(self):
        said = [row("r1", name="Ana", note="!"), row("r2", **BO)]
        merge = merged(AGREED, side("A", said, AGREED), side("B", said, AGREED))
        assert merge.conflicts() == {}
        assert merge.faulty() == {("r1", "note"): "!"}

    def test_columns_that_the_template_has_no_more_are_neither_kept_nor_written(self):
        before = {"r1": {**ANA, "switched_off": "x"}}
        a, b = side("A", [row("r1", **ANA)], before), side("B", [row("r1", **ANA)], before)
        merge = merged(before, a, b)
        assert contents(merge) == {"r1": ANA}
        assert not lacks(a, merge, {}, 2)
        assert merged(before, side("A", [], before), b).deleted == {"r1"}

    def test_a_later_step_may_set_a_cell_but_neither_a_held_one_nor_a_formula(self):
        a = side("A", [row("r1", fixed=["name"], name="Ana", note="!"), row("r2", **BO)], AGREED)
        merge = merged(AGREED, a, untouched("B"))
        assert merge.set("r2", "note", "set", "links")
        assert not merge.set("r1", "note", "set", "links")
        assert not merge.set("r1", "name", "Anna", "links")
        assert not merge.set("r7", "note", "set", "links")
        assert contents(merge) == {"r1": ANA, "r2": {"name": "Bo", "note": "set"}}


FORM = Tab(
    "program", "Program", TabKind.FORM, column=(Column("stage", "Stage"), Column("channel", "Channel"))
)


def form(name, base, stamp=1, **values):
    settings = tuple(Row(key, at, {"value": it} if it else {}) for at, (key, it) in enumerate(values.items()))
    return Side(name, TabSnapshot("program", stamp, settings), base, stamp)


class TestForms:
    def test_a_setting_is_merged_like_a_cell(self):
        base = {"stage": {"value": "Explore"}, "channel": {}}
        a = form("A", base, stage="Partner", channel="")
        b = form("B", base, stage="Explore", channel="#apprentices")
        merge = merged(base, a, b, tab=FORM)
        assert contents(merge) == {"stage": {"value": "Partner"}, "channel": {"value": "#apprentices"}}
        assert lacks(a, merge, {}, 2).cells == {1: {"value": "#apprentices"}}

    def test_a_form_never_loses_a_setting(self):
        base = {"stage": {"value": "Explore"}, "channel": {"value": "#x"}}
        a, b = form("A", base, stage="Explore"), form("B", base, stage="Explore", channel="#x")
        merge = merged(base, a, b, tab=FORM)
        assert contents(merge) == base
        assert lacks(b, merge, {}, 2).gone == ()
        assert lacks(a, merge, {}, 2).new == ()

    def test_rows_that_are_no_settings_are_left_alone(self):
        a = form("A", {}, stage="Explore")
        extra = (*a.tab.rows, Row("", 1, {"value": "x"}), Row("stage", 2, {"value": "copied"}))
        merge = merged({}, replace(a, tab=replace(a.tab, rows=extra)), tab=FORM)
        assert contents(merge) == {"stage": {"value": "Explore"}}


class TestSymmetry:
    @pytest.mark.parametrize("seed", range(20))
    def test_neither_the_order_nor_the_names_of_the_copies_change_the_outcome(self, seed):
        chance = random.Random(seed)
        base = {f"r{n}": {"name": f"N{n}", "note": str(n)} for n in range(6)}
        sides = []
        for name in "ABC":
            content = [row(key, **it) for key, it in base.items() if chance.random() > 0.2]
            content = [replace(it, values={**it.values, "note": chance.choice("xy")}) for it in content]
            content += [row("", name=chance.choice("pqr"), email=f"{chance.choice('st')}@acme.example")]
            sides.append(side(name, content, base))
        assert outcome(merged(base, *sides)) == outcome(merged(base, *sides[::-1]))


def outcome(merge):
    """Records in order and held cells, whatever the new rows' ids are."""
    order = list(contents(merge))
    held = {(order.index(row_id), column): said for (row_id, column), said in merge.held.items()}
    return list(contents(merge).values()), held


MANY = {f"r{n}": {"name": f"N{n}"} for n in range(100)}


def brake(agreed, *sides):
    merge = merge_tab(PEOPLE, "map", agreed, sides, frozenset(agreed), minter(), Terms(broken))
    return brake_for(merge, sides, len(agreed))


class TestBrakes:
    def test_an_emptied_tab_stops_the_pass_and_says_how_to_go_on(self):
        for copies in permutations([side("B", [], AGREED), untouched("A"), untouched("C")]):
            found = brake(AGREED, *copies)
            assert found is not None
            assert (found.name, found.exit_code) == (EMPTY_TAB, 3)
            assert found.what.startswith('B: the tab "People" is empty, and held 2 rows before')
            assert "--lift empty-tab" in found.do

    def test_a_tab_emptied_in_the_only_copy_stops_the_pass(self):
        assert brake(AGREED, side("A", [], AGREED)) is not None

    def test_a_tab_emptied_in_every_copy_stops_nothing(self):
        assert brake(AGREED, side("A", [], AGREED), side("B", [], AGREED)) is None

    @pytest.mark.parametrize(
        ("agreed", "gone", "stops"), [(20, 5, False), (20, 6, True), (100, 10, False), (100, 11, True)]
    )
    def test_a_pass_deletes_at_most_five_rows_or_a_tenth(self, agreed, gone, stops):
        base = dict(list(MANY.items())[:agreed])
        left = dict(list(base.items())[gone:])
        found = brake(base, side("A", rows(left), base), untouched("B", base))
        assert (found is not None and found.name == DELETES) == stops

    def test_the_message_names_the_copy_the_rows_are_gone_from(self):
        found = brake(MANY, side("A", rows(dict(list(MANY.items())[50:])), MANY), untouched("B", MANY))
        assert found is not None
        assert found.what.startswith('A: 50 of 100 rows of the tab "People" are gone')

    def test_deleted_rows_that_were_edited_elsewhere_do_not_count(self):
        edited = side("B", [row(key, name=f"{it['name']}x") for key, it in MANY.items()], MANY)
        assert brake(MANY, side("A", [], MANY), edited) is None

    def test_a_form_has_no_brake(self):
        base = {"stage": {"value": "Explore"}}
        assert brake_for(merged(base, form("A", base), tab=FORM), [form("A", base)], 1) is None
