"""A newer template is never added at the price of what people put into a workbook."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from replicas.excel_making import IDENTITY, make, small_template, with_columns
from sheetsync.core.model import Column
from sheetsync.errors import ReplicaError
from sheetsync.replicas.excel.replica import ExcelReplica

NEWER = with_columns(small_template(), "people", Column("pace", "Pace"))
KEPT_BY_PEOPLE = {
    "customXml/item1.xml": ("<note/>", "custom XML"),
    "xl/slicers/slicer1.xml": ("<slicers/>", "slicers"),
    "xl/threadedComments/threadedComment1.xml": ("<ThreadedComments/>", "threaded comments"),
    "xl/drawings/drawing9.xml": (
        '<xdr:wsDr><xdr:sp macro="">Hello</xdr:sp></xdr:wsDr>',
        "shapes and text boxes",
    ),
}


@pytest.fixture
def replica(tmp_path: Path) -> ExcelReplica:
    return ExcelReplica("small.xlsx", make(small_template(), tmp_path), tmp_path / "backups")


@pytest.mark.parametrize("part", KEPT_BY_PEOPLE)
def test_a_newer_template_is_refused_where_it_would_cost_what_people_added(
    replica: ExcelReplica, part: str
) -> None:
    content, called = KEPT_BY_PEOPLE[part]
    with zipfile.ZipFile(replica.path, "a") as package:
        package.writestr(part, content)
    before = replica.path.read_bytes()
    with pytest.raises(ReplicaError, match=f"without losing {called}"):
        replica.provision(NEWER, IDENTITY)
    with pytest.raises(ReplicaError, match="nothing was written"):
        replica.provision(NEWER, IDENTITY, dry_run=True)
    assert replica.path.read_bytes() == before


def test_a_newer_template_is_added_where_nothing_is_lost(replica: ExcelReplica) -> None:
    done = replica.provision(NEWER, IDENTITY).done
    assert any("Pace" in sentence for sentence in done)
    assert replica.provision(NEWER, IDENTITY).done == ()
