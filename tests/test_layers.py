"""The house as docs/architecture.md draws it: imports go down only, and the core is pure."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import sheetsync

PACKAGE = Path(sheetsync.__file__).parent
MAX_LINES = 350

# Rooms by floor, the top one first.
FLOORS = (
    {"__main__", "cli"},
    {"api"},
    {"verbs"},
    {"program", "sample", "catalog", "toml_file", "ledger", "mail", "replicas"},
    {"core"},
    {"errors"},
)
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}

# Rooms of one floor that may know each other, and why.
NEIGHBORS = {
    ("__main__", "cli"): "python -m sheetsync is the command line",
    ("program", "catalog"): "a program names templates, which the catalog finds",
    ("program", "toml_file"): "a program is a TOML file",
    ("catalog", "toml_file"): "a template is a TOML file",
}

# What touches the world outside or differs from one call to the next.
IMPURE_NAMES = {"open", "print", "input", "breakpoint", "exec", "eval", "__import__"}
IMPURE_ATTRIBUTES = {"now", "utcnow", "today", "read_text", "write_text", "read_bytes", "write_bytes"}
IMPURE_MODULES = {
    "os",
    "io",
    "sys",
    "pathlib",
    "shutil",
    "subprocess",
    "tempfile",
    "socket",
    "time",
    "random",
    "secrets",
    "uuid",
    "sqlite3",
    "logging",
    "threading",
    "locale",
    "getpass",
    "importlib",
    "urllib",
    "http",
    "smtplib",
}


def module_name(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): path for path in sorted(PACKAGE.rglob("*.py"))}
CORE = {name: path for name, path in MODULES.items() if name.startswith("sheetsync.core")}


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports_of(path: Path) -> Iterator[str]:
    """Every module a file imports, wherever in the file; of our own, the file that is meant."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute here"
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield whole if whole in MODULES else str(node.module)


def room(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


def own_imports() -> Iterator[tuple[str, str]]:
    for name, path in MODULES.items():
        yield from ((name, target) for target in imports_of(path) if target.split(".")[0] == "sheetsync")


def test_every_room_stands_on_a_floor() -> None:
    assert {room(name) for name in MODULES if room(name)} == set(FLOOR)


def test_imports_go_down_and_rooms_of_one_floor_do_not_know_each_other() -> None:
    upward = []
    for name, target in own_imports():
        here, there = room(name), room(target)
        if not here or not there or here == there or (here, there) in NEIGHBORS:
            continue  # the package itself loads its Python interface on demand
        if FLOOR[there] <= FLOOR[here]:
            upward.append(f"{name} imports {target}")
    assert upward == []


def test_each_exception_is_still_needed() -> None:
    assert {(room(name), room(target)) for name, target in own_imports()} >= NEIGHBORS.keys()


def test_the_command_line_reaches_the_edges_through_verbs_alone() -> None:
    edges = {"ledger", "mail", "replicas"}
    assert [(name, it) for name, it in own_imports() if room(name) == "cli" and room(it) in edges] == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    graph: dict[str, set[str]] = {name: set() for name in MODULES}
    for name, target in own_imports():
        if name != "sheetsync" and target != name:
            graph[name].add(target)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"circle: {' -> '.join(error.args[1])}")


@pytest.mark.parametrize("name", CORE)
def test_the_core_imports_the_standard_library_and_itself_alone(name: str) -> None:
    for target in imports_of(CORE[name]):
        top = target.split(".")[0]
        assert top in sys.stdlib_module_names or room(target) in ("core", "errors"), target
        assert top not in IMPURE_MODULES, target


@pytest.mark.parametrize("name", CORE)
def test_the_core_does_no_input_or_output_and_reads_no_clock(name: str) -> None:
    for node in ast.walk(tree_of(CORE[name])):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in IMPURE_NAMES, f"line {node.lineno}: {node.func.id}()"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            assert node.func.attr not in IMPURE_ATTRIBUTES, f"line {node.lineno}: .{node.func.attr}()"


@pytest.mark.parametrize("name", MODULES)
def test_a_file_is_short_and_states_its_one_job(name: str) -> None:
    text = MODULES[name].read_text(encoding="utf-8")
    assert len(text.splitlines()) <= MAX_LINES
    assert not text or ast.get_docstring(ast.parse(text)), "expected a module docstring"
