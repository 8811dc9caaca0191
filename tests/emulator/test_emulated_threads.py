"""Comments on cells, and data sources."""

from __future__ import annotations

INCLUDED = {"commentsViewMode": "COMMENTS_VIEW_MODE_INCLUDED"}


def threads(client):
    """The spreadsheet with its comments."""
    return client.call("GET", f"/v4/spreadsheets/{client.id}", **INCLUDED).json()


def comment(client, row=4):
    request = {"content": "Is this right?", "coordinate": {"rowIndex": row, "columnIndex": 1}}
    answer = client.batch({"insertComment": request}).json()
    assert answer["commentUpdateState"] == "ALL_SAVED"
    return answer["replies"][0]["insertComment"]["commentThread"]


def test_a_comment_is_shown_only_when_asked_for(client):
    thread = comment(client)
    assert "comments" not in client.call("GET", f"/v4/spreadsheets/{client.id}").json()
    assert threads(client)["comments"] == [thread]


def test_a_comment_moves_and_goes_with_its_cell(client):
    comment(client)
    client.batch({"insertDimension": {"range": {"dimension": "ROWS", "startIndex": 0, "endIndex": 2}}})
    anchor = threads(client)["sheets"][0]["commentAnchors"][0]["range"]
    assert (anchor["startRowIndex"], anchor["startColumnIndex"]) == (6, 1)
    client.batch({"deleteDimension": {"range": {"dimension": "ROWS", "startIndex": 6, "endIndex": 7}}})
    assert "commentAnchors" not in threads(client)["sheets"][0]


def test_a_reply_may_resolve_a_comment(client):
    thread = comment(client)
    known = {"commentId": thread["commentId"]}
    client.batch({"addCommentReply": known | {"post": {"content": "Yes", "commentAction": "RESOLVE"}}})
    found = threads(client)["comments"][0]
    assert (found["status"], found["replies"][0]["content"]) == ("RESOLVED", "Yes")
    post = {"postId": found["replies"][0]["postId"]}
    answer = client.batch({"deleteCommentReply": known | post})
    assert "cannot be deleted" in client.error(answer)[1]


def test_posts_are_changed_and_comments_deleted(client):
    thread = comment(client)
    known = {"commentId": thread["commentId"]}
    client.batch({"updateCommentPost": known | {"postId": thread["headPost"]["postId"], "content": "Now?"}})
    assert threads(client)["comments"][0]["headPost"]["content"] == "Now?"
    reply = client.batch({"addCommentReply": known | {"post": {"content": "No"}}}).json()["replies"][0]
    post = {"postId": reply["addCommentReply"]["post"]["postId"]}
    client.batch({"deleteCommentReply": known | post})
    assert "replies" not in threads(client)["comments"][0]
    client.batch({"deleteComment": known})
    assert "comments" not in threads(client)
    assert "No comment with id" in client.error(client.batch({"deleteComment": known}))[1]


TABLE = {"projectId": "p", "tableSpec": {"datasetId": "d", "tableId": "t"}}


def test_a_data_source_has_a_sheet_of_its_own(client):
    made = client.batch({"addDataSource": {"dataSource": {"spec": {"bigQuery": TABLE}}}}).json()["replies"][0]
    source = made["addDataSource"]["dataSource"]
    book = client.call("GET", f"/v4/spreadsheets/{client.id}").json()
    assert book["dataSources"] == [source]
    sheet = book["sheets"][1]["properties"]
    assert (sheet["sheetId"], sheet["sheetType"]) == (source["sheetId"], "DATA_SOURCE")
    client.batch({"deleteDataSource": {"dataSourceId": source["dataSourceId"]}})
    assert len(client.call("GET", f"/v4/spreadsheets/{client.id}").json()["sheets"]) == 1


def test_a_data_source_is_changed_and_refreshed(client):
    made = client.batch({"addDataSource": {"dataSource": {"spec": {"bigQuery": TABLE}}}}).json()["replies"][0]
    known = {"dataSourceId": made["addDataSource"]["dataSource"]["dataSourceId"]}
    new = known | {"spec": {"bigQuery": TABLE | {"projectId": "q"}}}
    changed = client.batch({"updateDataSource": {"dataSource": new, "fields": "spec"}}).json()["replies"][0]
    assert changed["updateDataSource"]["dataSource"]["spec"]["bigQuery"]["projectId"] == "q"
    refreshed = client.batch(
        {"refreshDataSource": known}, {"cancelDataSourceRefresh": {"isAll": True}}
    ).json()
    states = [next(iter(reply.values()))["statuses"][0] for reply in refreshed["replies"]]
    assert states[0]["dataExecutionStatus"]["state"] == "SUCCEEDED"
    assert states[1]["refreshCancellationStatus"]["errorCode"] == "EXECUTION_NOT_FOUND"
