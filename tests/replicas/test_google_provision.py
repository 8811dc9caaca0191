"""The same workbook as in Excel, at Google: made in one batch, completed without losing anything."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from replicas.excel_making import IDENTITY, small_template, with_columns
from replicas.google_making import ROBOT, emulator, google, google_replica, human
from sheetsync.catalog import find_template
from sheetsync.core.model import ChartKind, Column, ColumnType, TabKind
from sheetsync.core.plan import Edit, TabEdit
from sheetsync.replicas.google.access import create_spreadsheet
from sheetsync.replicas.google.replica import GoogleReplica

TEMPLATE = small_template()


def sheet(replica: GoogleReplica, title: str) -> dict:
    """Everything Google tells of a tab."""
    found = replica.google.get(
        f"https://sheets.googleapis.com/v4/spreadsheets/{replica.id}", {"fields": "sheets", "ranges": title}
    )
    (only,) = found["sheets"]
    return only


@pytest.fixture
def replica(tmp_path: Path) -> GoogleReplica:
    made = google_replica(tmp_path)
    made.provision(TEMPLATE, IDENTITY)
    return made


def test_it_takes_one_reading_and_one_batch(tmp_path: Path) -> None:
    made = google_replica(tmp_path)
    before = len(emulator().calls)
    made.provision(find_template("stakeholder-map", tmp_path), IDENTITY)
    assert [call.split()[0] for call in emulator().calls[before:]] == ["GET", "POST"]


def test_a_dry_run_tells_and_makes_nothing(tmp_path: Path) -> None:
    made = google_replica(tmp_path)
    assert 'The tab "People" was added.' in made.provision(TEMPLATE, IDENTITY, dry_run=True).done[1]
    assert [it.title for it in human(made).book.sheets] == ["Sheet1"]


def test_the_margin_is_hidden_and_the_header_stays_in_sight(replica: GoogleReplica) -> None:
    facts = sheet(replica, "People")
    grid = facts["properties"]["gridProperties"]
    assert (grid["frozenRowCount"], grid["frozenColumnCount"]) == (2, 2)
    assert facts["data"][0]["rowMetadata"][0]["hiddenByUser"]
    assert facts["data"][0]["columnMetadata"][0]["hiddenByUser"]


def test_headers_have_notes_and_columns_offer_their_lists(replica: GoogleReplica) -> None:
    rows = sheet(replica, "People")["data"][0]["rowData"]
    assert "Who it is." in rows[1]["values"][1]["note"]
    rule = rows[2]["values"][2]["dataValidation"]
    assert rule["condition"]["type"] == "ONE_OF_RANGE"
    assert "Lists" in rule["condition"]["values"][0]["userEnteredValue"]
    assert not rule.get("strict"), "nothing is blocked"


def test_the_filter_takes_the_hidden_ids_along(replica: GoogleReplica) -> None:
    found = sheet(replica, "People")
    assert found["basicFilter"]["range"].get("startColumnIndex", 0) == 0
    assert found["bandedRanges"][0]["range"]["endColumnIndex"] == 4


def test_people_are_warned_where_sheetsync_writes_and_kept_out_nowhere(replica: GoogleReplica) -> None:
    for title in ("People", "Checks", "Lists"):
        ranges = sheet(replica, title)["protectedRanges"]
        assert all(it["warningOnly"] for it in ranges)
        assert ranges


@pytest.mark.parametrize("key", ["stakeholder-map", "working-group"])
def test_every_chart_of_the_status_tab_is_drawn(key: str, tmp_path: Path) -> None:
    template = find_template(key, tmp_path)
    made = google_replica(tmp_path)
    made.provision(template, IDENTITY)
    (status,) = (tab for tab in template.tab if tab.kind is TabKind.STATUS)
    drawn = [block for block in status.block if block.chart not in (ChartKind.NONE, ChartKind.HEAT)]
    assert len(sheet(made, status.title)["charts"]) == len(drawn) > 0


def test_a_newer_template_adds_its_column_on_the_right_and_keeps_what_is_there(
    replica: GoogleReplica,
) -> None:
    rows = (("r1", {"name": "Ana", "state": "open"}), ("r2", {"name": "Bo"}))
    replica.write(Edit({"people": TabEdit(1, new=rows)}), TEMPLATE, replica.read(TEMPLATE).version)
    human(replica).type("People!E2", "Shirt")
    human(replica).type("People!E3", "XL")
    newer = with_columns(TEMPLATE, "people", Column("since", "Since", ColumnType.DATE))

    done = replica.provision(newer, IDENTITY).done

    assert [it.split(": ", 1)[1] for it in done] == ['The column "Since" was added to the tab "People".']
    tab = replica.read(newer).tabs["people"]
    assert [dict(row.values) for row in tab.rows] == [{"name": "Ana", "state": "open"}, {"name": "Bo"}]
    assert (tab.labels["since"], tab.letters["since"]) == ("Since", "F")
    assert human(replica).read("People!E2:E3") == [["Shirt"], ["XL"]]
    assert sheet(replica, "People")["basicFilter"]["range"]["endColumnIndex"] == 6
    assert replica.provision(newer, IDENTITY).done == ()


def test_a_status_tab_of_another_version_is_laid_out_anew(tmp_path: Path) -> None:
    template, made = find_template("working-group", tmp_path), google_replica(tmp_path)
    made.provision(template, IDENTITY)
    (status,) = (tab for tab in template.tab if tab.kind is TabKind.STATUS)
    charts = len(sheet(made, status.title)["charts"])
    done = made.provision(replace(template, version=template.version + 1), IDENTITY).done
    assert any("was laid out anew" in it for it in done)
    assert len(sheet(made, status.title)["charts"]) == charts


def test_a_spreadsheet_that_people_use_gets_the_tabs_beside_theirs(tmp_path: Path) -> None:
    made = google_replica(tmp_path)
    human(made).rename_tab("Sheet1", "People")
    human(made).type("People!A1", "our own")
    made.provision(TEMPLATE, IDENTITY)
    assert [it.title for it in human(made).book.sheets][:3] == ["Frame", "People (2)", "People"]
    assert human(made).read("People!A1") == "our own"


def test_a_spreadsheet_in_another_language_gets_the_same_conditions_and_stays_in_its_language(
    replica: GoogleReplica, tmp_path: Path
) -> None:
    """Google reads formulas of conditions as if typed: in German, semicolons would part their arguments."""
    german = google_replica(tmp_path)
    to_german = {"properties": {"locale": "de_DE"}, "fields": "locale"}
    human(german).do({"updateSpreadsheetProperties": to_german})
    calls = len(emulator().server.seen)
    german.provision(TEMPLATE, IDENTITY)

    (batch,) = [call for call, _ in emulator().server.seen[calls:] if "batchUpdate" in call.target]
    requests = json.loads(batch.body)["requests"]
    changes = filter(None, (it.get("updateSpreadsheetProperties") for it in requests))
    assert [it["properties"]["locale"] for it in changes] == ["en_US", "de_DE"]
    assert human(german).book.properties["locale"] == "de_DE"
    for title in ("People", "Checks"):
        kept = sheet(german, title).get("conditionalFormats"), sheet(replica, title).get("conditionalFormats")
        assert kept[0] == kept[1]


@pytest.mark.parametrize(("zone", "told"), [("Europe/Berlin", "Europe/Berlin"), ("NOWHERE5", None)])
def test_a_new_spreadsheet_is_in_this_computers_time_zone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, zone: str, told: str | None
) -> None:
    monkeypatch.setenv("TZ", zone)
    made = create_spreadsheet(google(tmp_path), ROBOT, "Map")
    default = emulator().human(emulator().create()).book.properties["timeZone"]
    assert emulator().human(made).book.properties["timeZone"] == (told or default)
