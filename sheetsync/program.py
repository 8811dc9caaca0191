"""The program file: `sheetsync.toml` becomes a `Program`, or every problem in it at once."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar

from sheetsync.catalog import find_template, known_templates
from sheetsync.core.announcements import WEEKDAYS
from sheetsync.core.columns import is_email
from sheetsync.core.model import Column, Tab, Template
from sheetsync.core.places import GOOGLE, link_to, place_fault
from sheetsync.core.rules import all_rules
from sheetsync.core.settings import MailSettings, MailTable, Settings, SmtpTable
from sheetsync.core.template_checks import suggestion
from sheetsync.core.timetable import ScheduleTable, schedule_faults
from sheetsync.errors import ConfigError, Problem, UsageError
from sheetsync.toml_file import parse_on, read_file, tells

FILE_NAME = "sheetsync.toml"
_STRICT: dict[str, Any] = {"extra": "forbid"}
_HERE = ("", "localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class ProgramTable:
    """`[program]`: what it is called, who runs it, and whether mail may leave."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT

    name: str
    operator: str
    live: bool = False


@dataclass(frozen=True)
class RulesTable:
    """`[rules]`: codes of rules that are switched off."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT

    off: tuple[str, ...] = ()


@dataclass(frozen=True)
class LedgerTable:
    """`[ledger]`: an SQLAlchemy URL; empty for a file beside the program."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT

    url: str = ""


@dataclass(frozen=True)
class WorkbookTable:
    """`[[workbook]]`: one workbook and where its copies are.

    Attributes:
        columns: Columns to switch on that a template leaves out: "intake.learning".
        values: Allowed values to add to a column that may be extended: "stakeholders.team_type".
        link: Where people open it, for mails; a path or URL.
        winner: The replica that settles conflicts; empty where people do.
        winners: The same for one column (of a form: one setting): "stakeholders.owner" -> replica.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT

    name: str
    template: str
    replicas: tuple[str, ...]
    columns: tuple[str, ...] = ()
    values: dict[str, tuple[str, ...]] = field(default_factory=dict)
    link: str = ""
    winner: str = ""
    winners: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ProgramFile:
    """The whole file."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT

    program: ProgramTable
    workbook: tuple[WorkbookTable, ...]
    settings: Settings = field(default_factory=Settings)
    mail: MailTable = field(default_factory=MailTable)
    smtp: SmtpTable = field(default_factory=SmtpTable)
    rules: RulesTable = field(default_factory=RulesTable)
    schedule: ScheduleTable = field(default_factory=ScheduleTable)
    ledger: LedgerTable = field(default_factory=LedgerTable)


_PARTS: dict[str, type] = {
    "program": ProgramTable,
    "workbook": WorkbookTable,
    "settings": Settings,
    "mail": MailTable,
    "smtp": SmtpTable,
    "rules": RulesTable,
    "schedule": ScheduleTable,
    "ledger": LedgerTable,
}


@dataclass(frozen=True)
class Workbook:
    """One workbook of the program.

    Attributes:
        template: With the program's switches and additional values applied.
        replicas: As the program file names them: paths, or "google:ID".
        winners: Replicas that settle conflicts, by "tab.column"; that of "" settles all others.
    """

    name: str
    template: Template
    replicas: tuple[str, ...]
    winners: Mapping[str, str] = field(default_factory=dict)

    def winner_of(self, tab: Tab, column: str) -> str:
        """The replica whose opinion settles a conflict in a column; "" where people do."""
        return self.winners.get(f"{tab.key}.{column}", self.winners.get("", ""))


@dataclass(frozen=True)
class Program:
    """A program as its file describes it.

    Attributes:
        folder: Where `sheetsync.toml` lies; relative paths start there.
        outbox: Folder for mails written as files.
    """

    folder: Path
    name: str
    workbooks: tuple[Workbook, ...]
    settings: Settings
    mail: MailSettings
    smtp: SmtpTable
    rules_off: tuple[str, ...]
    schedule: ScheduleTable
    ledger_url: str
    outbox: Path

    @classmethod
    def load(cls, folder: Path) -> Program:
        """Read a program folder.

        Raises:
            ConfigError: With every problem of the file and of the templates it names.
        """
        path = folder / FILE_NAME
        found, problems = parse_on(ProgramFile, _PARTS, str(path), read_file(path, "program file"))
        if found is None:
            raise ConfigError(problems)
        faults = [Problem(str(path), place, message) for place, message in _faults(found)]
        workbooks = []
        for where, table in _placed(found.workbook):
            try:
                workbooks.append(
                    Workbook(
                        table.name,
                        _template(table, where, folder, path),
                        table.replicas,
                        {"": table.winner, **table.winners},
                    )
                )
            except ConfigError as error:
                faults += error.problems
        problems += [it for it in faults if not tells(problems, it)]
        if problems:
            raise ConfigError(problems)
        state = folder / ".sheetsync"
        return cls(
            folder,
            found.program.name,
            tuple(workbooks),
            found.settings,
            _mail_settings(found),
            found.smtp,
            found.rules.off,
            found.schedule,
            found.ledger.url or f"sqlite:///{(state / 'ledger.db').resolve().as_posix()}",
            folder / found.mail.folder,
        )

    @property
    def state(self) -> Path:
        """Folder of what sheetsync keeps for itself: ledger, lock, backups."""
        return self.folder / ".sheetsync"

    @property
    def at_google(self) -> tuple[str, ...]:
        """What it calls its copies at Google."""
        return tuple(name for it in self.workbooks for name in it.replicas if name.startswith(GOOGLE))

    def workbook(self, name: str) -> Workbook:
        """A workbook by name.

        Raises:
            UsageError: The program has none of that name.
        """
        for workbook in self.workbooks:
            if workbook.name == name:
                return workbook
        known = ", ".join(workbook.name for workbook in self.workbooks)
        raise UsageError(f'{self.folder / FILE_NAME} has no workbook "{name}".', f"It has: {known}.")


def _faults(found: ProgramFile) -> Iterator[tuple[str, str]]:
    """What is wrong with values that are of the right type: (place, message)."""
    if not found.workbook:
        yield "workbook", "expected at least one [[workbook]] table."
    if not found.program.name.strip():
        yield "program, name", "expected the program's name, found nothing."
    for place, address in _addresses(found):
        if not is_email(address):
            yield place, f'"{address}" is not a mail address; expected one such as maya@acme.example.'
    if found.mail.cap < 1:
        yield "mail, cap", f"{found.mail.cap} would let no mail leave; expected at least 1."
    yield from _unknown("mail, digest_day", [found.mail.digest_day], WEEKDAYS)
    yield from _unknown("schedule, days", found.schedule.days, WEEKDAYS)
    yield from _unknown("rules, off", found.rules.off, [rule.code for rule in all_rules()])
    yield from ((f"schedule, {key}", message) for key, message in schedule_faults(found.schedule))
    yield from _smtp_faults(found.smtp)
    yield from _workbook_faults(found)


def _smtp_faults(smtp: SmtpTable) -> Iterator[tuple[str, str]]:
    yield from _unknown("smtp, security", [smtp.security], ("tls", "starttls", "none"))
    yield from _unknown("smtp, auth", [smtp.auth], ("password", "xoauth2"))
    if smtp.auth == "xoauth2" and not (smtp.user and smtp.password_command):
        yield "smtp, auth", '"xoauth2" needs a user, and a password_command that prints an access token.'
    if not smtp.host and smtp != SmtpTable():
        yield "smtp, host", "expected the name of a mail server, such as smtp.acme.example."
    if smtp.security == "none" and smtp.host not in _HERE:
        yield "smtp, security", '"none" is for a mail server on this machine alone; expected tls or starttls.'
    if not 0 <= smtp.port <= 65535:
        yield "smtp, port", f"{smtp.port} is no port; expected a number such as 465."


def _addresses(found: ProgramFile) -> Iterator[tuple[str, str]]:
    mail = found.mail
    yield "program, operator", found.program.operator
    yield from (("mail, sender", address) for address in (mail.sender,) if address)
    yield from (("mail, facilitator", address) for address in (mail.facilitator,) if address)
    yield from (("mail, org", address) for address in mail.org)
    yield from (("mail, external", address) for address in mail.external)


def _placed(tables: Iterable[WorkbookTable]) -> Iterator[tuple[str, WorkbookTable]]:
    """Each workbook with what messages call its place in the file."""
    for number, table in enumerate(tables, 1):
        yield f'workbook "{table.name}"' if table.name else f"workbook {number}", table


def _workbook_faults(found: ProgramFile) -> Iterator[tuple[str, str]]:
    names: set[str] = set()
    places: dict[str, str] = {}
    for where, table in _placed(found.workbook):
        if table.name in names or not table.name.strip():
            yield f"{where}, name", "expected a name that no other workbook of the program has."
        names.add(table.name)
        if not table.replicas:
            yield f"{where}, replicas", 'expected at least one file, such as ["Stakeholder Map.xlsx"].'
        winners = filter(None, (table.winner, *table.winners.values()))
        yield from _unknown(f"{where}, winner", winners, table.replicas)
        for replica in table.replicas:
            if fault := place_fault(replica):
                yield f"{where}, replicas", fault
            place = os.path.normpath(replica)
            if place in places:
                yield f"{where}, replicas", f'"{replica}" is listed twice (also for "{places[place]}").'
            places[place] = table.name


def _unknown(where: str, words: Iterable[str], known: Collection[str]) -> Iterator[tuple[str, str]]:
    for word in words:
        if word not in known:
            yield (
                where,
                f'"{word}" is not known.{suggestion(word, known)} Expected one of: {", ".join(known)}.',
            )


def _mail_settings(found: ProgramFile) -> MailSettings:
    books = [table for table in found.workbook if table.replicas]
    links = {table.name: table.link or link_to(table.replicas[0]) for table in books}
    program = found.program
    return MailSettings(**vars(found.mail), operator=program.operator, live=program.live, links=links)


def _template(table: WorkbookTable, where: str, folder: Path, path: Path) -> Template:
    """The workbook's template, without the columns that are switched off, with the values added."""
    if unknown := [*_unknown(f"{where}, template", [table.template], known_templates(folder))]:
        own = f" Templates of your own belong in {folder / 'templates'}."
        raise ConfigError([Problem(str(path), place, message + own) for place, message in unknown])
    template = find_template(table.template, folder)
    columns = {f"{tab.key}.{column.key}": column for tab in template.tab for column in tab.column}
    switchable = [key for key, column in columns.items() if column.switch]
    extendable = [key for key, column in columns.items() if column.extendable]
    filled = [key for key, column in columns.items() if not column.computed]
    faults = [
        *_unknown(f"{where}, columns", table.columns, switchable),
        *_unknown(f"{where}, values", tuple(table.values), extendable),
        *_unknown(f"{where}, winners", tuple(table.winners), filled),
    ]
    if faults:
        raise ConfigError([Problem(str(path), place, message) for place, message in faults])
    return replace(template, tab=tuple(_tab(tab, table.columns, table.values) for tab in template.tab))


def _tab(tab: Tab, switched: tuple[str, ...], added: Mapping[str, tuple[str, ...]]) -> Tab:
    kept: list[Column] = []
    for column in tab.column:
        key = f"{tab.key}.{column.key}"
        if not column.switch or key in switched:
            values = tuple(dict.fromkeys((*column.values, *added.get(key, ()))))
            kept.append(replace(column, values=values))
    return replace(tab, column=tuple(kept))
