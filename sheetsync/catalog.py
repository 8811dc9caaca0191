"""Finds templates and reads them from TOML, reporting everything that is wrong with one at once."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from importlib.resources import files
from pathlib import Path

from sheetsync.core.model import Block, Column, Line, Link, LinkField, Tab, Template
from sheetsync.core.status.registry import METRICS
from sheetsync.core.template_checks import Fault, faults, suggestion
from sheetsync.errors import ConfigError, Problem
from sheetsync.toml_file import parse, read_file

_PARTS = {"tab": Tab, "column": Column, "line": Line, "block": Block, "link": Link, "fields": LinkField}


def builtin_templates() -> tuple[str, ...]:
    """Names of the templates that come with sheetsync."""
    names = (entry.name for entry in files("sheetsync.templates").iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


def known_templates(program_dir: Path) -> tuple[str, ...]:
    """Names of the templates that a program may use: its own, and the built-in ones."""
    return tuple(sorted({*builtin_templates(), *_own_templates(program_dir / "templates")}))


def find_template(name: str, program_dir: Path) -> Template:
    """The template of that name: the program's own `templates/NAME.toml`, else the built-in one.

    Raises:
        ConfigError: There is no such template, or something is wrong with it.
    """
    folder = program_dir / "templates"
    own = _own_templates(folder)
    if name in own:
        return load_template(folder / f"{name}.toml")
    if name in builtin_templates():
        return _checked(f"{name}.toml (built in)", _builtin(name), name, folder)
    known = known_templates(program_dir)
    message = f'there is no template "{name}".{suggestion(name, known)} There are: {", ".join(known)}.'
    raise ConfigError([Problem(str(folder), "", f"{message} Templates of your own belong in this folder.")])


def load_template(path: Path) -> Template:
    """The template in a file, checked; other templates it names are looked for beside it, then built in.

    Raises:
        ConfigError: With every problem of the file.
    """
    return _checked(str(path), read_file(path, "template"), path.stem, path.parent)


def _own_templates(folder: Path) -> tuple[str, ...]:
    return tuple(path.stem for path in folder.glob("*.toml"))


def _builtin(name: str) -> bytes:
    return files("sheetsync.templates").joinpath(f"{name}.toml").read_bytes()


def _parsed(file: str, content: bytes) -> Template:
    return parse(Template, _PARTS, file, content)


def _checked(file: str, content: bytes, name: str, folder: Path) -> Template:
    template = _parsed(file, content)
    found = [*_misnamed(template, name), *faults(template, partial(_neighbor, folder), METRICS)]
    if found:
        raise ConfigError([Problem(file, fault.place, fault.message) for fault in found])
    return template


def _misnamed(template: Template, name: str) -> Iterator[Fault]:
    """Other templates refer to the key and are found by the file's name, so both must be one."""
    if template.key != name:
        yield Fault("key", f'"{template.key}" must be the name of the file: expected "{name}".')


def _neighbor(folder: Path, name: str) -> Template | None:
    """Another template, `None` where it cannot be found or is itself in need of mending."""
    try:
        if name in _own_templates(folder):
            return _parsed(name, read_file(folder / f"{name}.toml", "template"))
        return _parsed(name, _builtin(name)) if name in builtin_templates() else None
    except ConfigError:
        return None
