"""What is installed: the wheel holds all it needs, and what it needs is what it declares."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import sheetsync

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
DECLARED = {it.name: it for it in map(Requirement, PROJECT["dependencies"])}
EXTRAS = {Requirement(each).name for extra in PROJECT["optional-dependencies"].values() for each in extra}

# Comes with a declared package, which fixes its version.
COMES_WITH = {"pydantic_core": "pydantic", "google": "google-auth", "requests": "gspread"}

PIN = re.compile(r"^(?P<name>[\w.-]+)==(?P<version>\S+)")


def imported_packages() -> set[str]:
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in (ROOT / "sheetsync").rglob("*.py"))
    found = set()
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found - sys.stdlib_module_names - {"sheetsync"}


installed = cache(packages_distributions)


def distribution(package: str) -> str:
    if package in COMES_WITH:
        return COMES_WITH[package]
    return installed()[package][0].lower().replace("_", "-")


def pins(name: str) -> dict[str, str]:
    lines = (ROOT / "requirements" / name).read_text(encoding="utf-8").splitlines()
    return {found["name"]: found["version"] for line in lines if (found := PIN.match(line))}


def test_what_is_imported_is_declared_and_what_is_declared_is_imported() -> None:
    assert {distribution(package) for package in imported_packages()} - EXTRAS == DECLARED.keys()


@pytest.mark.parametrize("name", ["runtime.txt", "dev.txt"])
def test_an_exact_file_pins_every_dependency_within_its_range(name: str) -> None:
    exact = pins(name)
    for declared, requirement in DECLARED.items():
        assert requirement.specifier.contains(exact[declared]), requirement


@pytest.mark.parametrize("name", ["runtime.txt", "dev.txt"])
def test_an_exact_file_names_no_index_and_has_a_hash_for_every_pin(name: str) -> None:
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    assert not re.search(r"://|^-", text, re.MULTILINE)
    blocks = re.split(r"^(?=[\w.-]+==)", text, flags=re.MULTILINE)[1:]
    assert all("--hash=sha256:" in block for block in blocks)


def test_developers_run_the_versions_that_users_get() -> None:
    assert pins("runtime.txt").items() <= pins("dev.txt").items()


def test_the_changelog_tells_of_this_version() -> None:
    assert f"## [{sheetsync.__version__}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def unpacked_wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy of the sources (building leaves files behind), unpacked."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    for name in ("sheetsync", "templates"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source / name)
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run(
        [*build, "--disable-pip-version-check", "--wheel-dir", str(folder), str(source)], check=True
    )
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(folder / "installed")
    return folder / "installed"


def files_below(folder: Path) -> set[str]:
    found = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(folder).as_posix() for path in found}


def test_the_wheel_holds_every_module_template_mail_and_sample(unpacked_wheel: Path) -> None:
    code = files_below(ROOT / "sheetsync")
    data = {f"templates/{name}" for name in files_below(ROOT / "templates")}
    assert files_below(unpacked_wheel / "sheetsync") == code | data
    assert {"py.typed", "templates/stakeholder-map.toml", "templates/demo/map.toml"} <= code | data


def test_the_wheel_runs_the_demo_without_its_sources(unpacked_wheel: Path, tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(unpacked_wheel), "PYTHONSAFEPATH": "1"}

    def run(*command: str) -> str:
        done = subprocess.run(
            [sys.executable, *command],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=True,
        )
        return done.stdout

    where = run("-c", "import sheetsync; print(sheetsync.__file__)")
    assert Path(where.strip()).is_relative_to(unpacked_wheel)
    run("-m", "sheetsync", "demo", "demo")
    assert (tmp_path / "demo" / "Stakeholder Map.xlsx").exists()
