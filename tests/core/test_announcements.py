"""Announcements: which mails are called for, under which keys, and what their subjects may say."""

from datetime import date, timedelta

import pytest

from core.builders import TODAY, program
from sheetsync.core.announcements import Announcement, announcements
from sheetsync.core.digest import Digest
from sheetsync.core.milestones import UNNAMED_GREEN_LIGHT
from sheetsync.core.records import View
from sheetsync.core.rules.registry import ADVICE, ERROR, WARNING, Finding
from sheetsync.core.settings import MailSettings
from sheetsync.core.subjects import is_discreet

MAIL = MailSettings(operator="maya@acme.example", live=True)
ERROR_ON_ROW = Finding("E001", ERROR, "group", "milestones", "milestones1", "approved_by", "No", "Approve")
QUIET = Finding("G401", ADVICE, "group", "members", "members1", "", "Ana is quiet", "Ask", private=True)


def milestone(**cells: object) -> View:
    row = {"event": "Pilot agreed", "reached": TODAY, "share_with": "group", "evidence": "Two seats", **cells}
    people = {"stakeholders": [{"name": "Dana Smith", "unit": "Data"}]}
    return program(people, {"milestones": [row], "members": [{"name": "Ana Ruiz"}]}, mail=MAIL)


def shared(view: View, *findings: Finding) -> list[Announcement]:
    return [each for each in announcements(view, findings) if each.kind == "milestone"]


def test_a_shared_milestone_is_announced_under_a_key_of_row_and_audience():
    (mail,) = shared(milestone())
    assert (mail.key, mail.audience) == ("group/milestones1/milestone/group", "group")
    assert mail.subject == "[Acme] Milestone: Pilot agreed"


def test_a_wider_audience_later_is_an_occurrence_of_its_own():
    (mail,) = shared(milestone(share_with="org", approved_by="Maya"))
    assert mail.key == "group/milestones1/milestone/org"


@pytest.mark.parametrize(
    "cells",
    [
        {"share_with": "none"},
        {"share_with": None},
        {"share_with": "everybody"},
        {"reached": None},
        {"reached": TODAY + timedelta(days=1)},
        {"event": None},
        {"share_with": "org"},
        {"share_with": "external", "approved_by": "  "},
    ],
)
def test_nothing_is_announced_that_is_unshared_unreached_or_unapproved(cells):
    assert shared(milestone(**cells)) == []


def test_an_error_on_the_row_holds_the_mail_back_and_advice_does_not():
    advice = Finding("E102", WARNING, "group", "milestones", "milestones1", "", "Old", "Share")
    assert shared(milestone(), ERROR_ON_ROW) == []
    assert len(shared(milestone(), advice)) == 1


def test_the_unnamed_green_light_goes_to_the_group_alone_in_its_own_words():
    event = f"Dana Smith in Data: {UNNAMED_GREEN_LIGHT}"
    (mail,) = shared(milestone(event=event, evidence="Dana said so", person="Dana Smith"))
    assert "Dana" not in repr(mail)
    assert "Data" not in repr(mail)
    assert shared(milestone(event=event, share_with="org", approved_by="Maya")) == []


@pytest.mark.parametrize(
    "event",
    [
        "Dana Smith agreed",
        "dana smith agreed",
        "Dana agreed",
        "Smith's team agreed",
        "Ana Ruiz leads",
        "Zoe won",
    ],
)
def test_no_name_of_anybody_stands_in_a_subject(event):
    (mail,) = shared(milestone(event=event, person="Zoe Adams"))
    assert mail.subject == "[Acme] Milestone: one more step reached"
    assert not any(name in mail.preheader for name in event.split()[:2])


def test_a_name_is_found_where_a_script_writes_no_spaces():
    view = program({"stakeholders": [{"name": "山田太郎"}]})
    assert not is_discreet(view, "本日山田太郎さんが参加")


def test_no_stance_stands_in_a_subject():
    (mail,) = shared(milestone(event="Data is now supportive"))
    assert "supportive" not in mail.subject


def test_a_unit_may_stand_in_a_subject_even_where_a_stakeholder_is_called_after_it():
    view = program(
        {"stakeholders": [{"name": "Data", "unit": "Data"}, {"name": "Head of Data", "unit": "Data"}]}
    )
    assert is_discreet(view, "Green light in Data: Secures resources")


def test_the_person_of_a_row_is_in_no_part_of_its_announcement():
    (mail,) = shared(milestone(person="Zoe Adams"))
    assert "Zoe" not in repr(mail)


def test_hostile_text_becomes_one_short_line():
    (mail,) = shared(milestone(event="=cmd|' /C calc'!A0\r\nBcc: all@x.example\x00" + "!" * 9000))
    assert mail.subject.startswith("[Acme] Milestone: =cmd|' /C calc'!A0 Bcc: all@x.example!!")
    assert mail.subject.isprintable()
    assert len(mail.subject) < 140


def test_a_milestone_shared_outside_the_group_links_to_no_workbook_and_the_group_never_to_the_map():
    outside = milestone(share_with="external", approved_by="Maya")
    assert shared(outside)[0].opens == ""
    row = {"event": "New stage", "reached": TODAY, "share_with": "group"}
    (mail,) = shared(program({"milestones": [row]}, {}, mail=MAIL))
    assert (mail.workbook, mail.opens) == ("map", "group")


def weekly(today: date, day: str = "wednesday") -> list[Announcement]:
    log = [
        {"kind": "question", "text": "Where?", "due": today},
        {"kind": "decision", "text": "Who?", "due": today},
    ]
    mail = MailSettings(operator="maya@acme.example", digest_day=day)
    return list(announcements(program(group={"log": log}, today=today, mail=mail), ()))


def test_the_digest_is_due_from_its_weekday_to_the_end_of_the_iso_week():
    monday = date(2026, 11, 16)
    keys = [[each.key for each in weekly(monday + timedelta(days=n))] for n in range(7)]
    assert keys == [[], []] + [["digest/2026-W47"]] * 5


def test_the_iso_year_names_the_week_around_new_year():
    assert [each.key for each in weekly(date(2027, 1, 1))] == ["digest/2026-W53"]


def test_the_digest_s_subject_tells_color_and_count():
    (mail,) = weekly(TODAY, "monday")
    assert mail.subject == "[Acme] Weekly: Green - 2 decisions wanted"
    assert isinstance(mail.content, Digest)


def test_an_empty_digest_is_not_sent():
    assert announcements(program(group={}, mail=MAIL), ()) == ()
    assert announcements(program(mail=MAIL), ()) == ()


def test_overdue_actions_and_stale_reviews_go_to_their_owner_alone():
    past = TODAY - timedelta(days=4)
    stale = Finding("M102", WARNING, "map", "stakeholders", "stakeholders1", "", "Review Dana Smith", "Do")
    view = program(
        {"stakeholders": [{"name": "Dana Smith", "owner": "Ana Ruiz"}]},
        {
            "members": [{"name": "Ana Ruiz"}, {"name": "Ben"}],
            "log": [{"kind": "action", "text": "Write", "due": past, "owner": "Ana Ruiz"}],
        },
        mail=MAIL,
    )
    (note,) = [each for each in announcements(view, (stale,)) if each.audience == "owner"]
    assert (note.key, note.row_id) == ("group/members1/overdue/2026-W10", "members1")
    assert [item.text for item in note.content.items] == ["Write", "Dana Smith: Review Dana Smith"]
    assert note.subject == "[Acme] 2 items of yours could use a look"


def test_private_findings_reach_the_facilitator_alone():
    view = program(group={"log": [{"kind": "question", "text": "Where?"}]}, mail=MAIL)
    told = {each.audience: "Ana is quiet" in repr(each) for each in announcements(view, (QUIET,))}
    assert told == {"group": False, "facilitator": True}


def test_in_rehearsal_the_operator_reads_no_private_note_meant_for_another_facilitator():
    mail = MailSettings(operator="maya@acme.example", facilitator="lee@acme.example")
    assert announcements(program(group={}, mail=mail), (QUIET,)) == ()
