"""Data sources and their sheets. No query ever runs; each counts as done at once."""

from __future__ import annotations

import copy
from typing import Any

from .. import masks
from ..errors import invalid
from .registry import Batch, handles, take
from .sheets import drop, made, next_title

Json = dict[str, Any]


def done(batch: Batch) -> Json:
    """The state of a query that has run."""
    return {"state": "SUCCEEDED", "lastRefreshTime": batch.now.isoformat(timespec="seconds") + "Z"}


def find_source(batch: Batch, source_id: str) -> Json:
    return take(batch.book.sources, "dataSourceId", source_id, f"No data source with id: {source_id}")


def check_spec(given: Json) -> None:
    if not given.get("spec"):
        raise invalid("dataSource.spec must be specified.")


@handles("addDataSource")
def add_data_source(batch: Batch, request: Json) -> Json:
    given = copy.deepcopy(request.get("dataSource", {}))
    check_spec(given)
    taken = {source["dataSourceId"] for source in batch.book.sources}
    if given.get("dataSourceId") in taken:
        raise invalid(f"A data source with id {given['dataSourceId']} already exists.")
    source = {"dataSourceId": str(batch.book.new_id())} | given
    asked = {"sheetId": source["sheetId"]} if "sheetId" in source else {}
    title = next_title(batch.book, "Connected Sheet ")
    sheet = batch.book.add(made(batch.book, {"sheetType": "DATA_SOURCE", "title": title} | asked))
    source["sheetId"] = sheet.id
    told = {"dataSourceId": source["dataSourceId"], "dataExecutionStatus": done(batch)}
    sheet.properties["dataSourceSheetProperties"] = told
    batch.book.sources.append(source)
    return {"dataSource": copy.deepcopy(source), "dataExecutionStatus": done(batch)}


@handles("updateDataSource")
def update_data_source(batch: Batch, request: Json) -> Json:
    given = request.get("dataSource", {})
    source = find_source(batch, given.get("dataSourceId", ""))
    tree = masks.for_update(request.get("fields"), "DataSource") or {"spec": {}}
    kept = {name: below for name, below in tree.items() if name not in ("dataSourceId", "sheetId")}
    new = copy.deepcopy(masks.apply(source, given, kept))
    check_spec(new)
    source.clear()
    source.update(new)
    return {"dataSource": copy.deepcopy(source), "dataExecutionStatus": done(batch)}


@handles("deleteDataSource")
def delete_data_source(batch: Batch, request: Json) -> None:
    source = find_source(batch, request.get("dataSourceId", ""))
    drop(batch.book, batch.book.sheet(source["sheetId"], "sheet"))
    batch.book.sources.remove(source)


def meant(batch: Batch, request: Json) -> list[Json]:
    """The objects that are to be refreshed: all, those of one source, or those that are named."""
    if "references" in request:
        return list(request["references"].get("references", []))
    sources = batch.book.sources
    if "dataSourceId" in request:
        sources = [find_source(batch, request["dataSourceId"])]
    elif not request.get("isAll"):
        raise invalid("One of references, dataSourceId and isAll must be set.")
    return [{"sheetId": str(source["sheetId"])} for source in sources]


@handles("refreshDataSource")
def refresh_data_source(batch: Batch, request: Json) -> Json:
    references = meant(batch, request)
    told = [] if request.get("isAll") else references  # of all, only failures are listed
    return {"statuses": [{"reference": one, "dataExecutionStatus": done(batch)} for one in told]}


@handles("cancelDataSourceRefresh")
def cancel_data_source_refresh(batch: Batch, request: Json) -> Json:
    """Nothing runs that could be canceled."""
    failed = {"state": "CANCEL_FAILED", "errorCode": "EXECUTION_NOT_FOUND"}
    found = [{"reference": one, "refreshCancellationStatus": failed} for one in meant(batch, request)]
    return {"statuses": found}
