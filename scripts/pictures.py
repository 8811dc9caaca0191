"""Turns a program folder into pictures: every visible tab of its workbooks, and its mails.

    python scripts/pictures.py DEMO_DIR OUT_DIR

Needs LibreOffice (soffice), Poppler (pdftoppm), Chromium and the Python package Pillow.
"""

from __future__ import annotations

import argparse
import html
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from pathlib import Path

from PIL import Image, ImageChops

TABS_DPI = 144
PAGE_HEIGHT = "250cm"  # more than any tab needs; what stays empty is cut off
MAIL_WIDTH, MAIL_HEIGHT = 700, 4000  # pixels; what stays empty is cut off
MARGIN = 16  # pixels left around what is cut out
TIMEOUT = 300  # seconds for one run of another program

PAGE_PARTS = re.compile(r"<style:(header|footer)(?=[ >])[^>]*(?<!/)>")
GENERATOR = re.compile(r"(<meta:generator>)[^<]*")
WORKBOOK = "xl/workbook.xml"
SHEET = re.compile(r"<(?:\w+:)?sheet\s[^>]*>")
NAME = re.compile(r'\sname="([^"]*)"')
STATE = re.compile(r'\sstate="([^"]*)"')
ACTIVE = re.compile(r'\s(?:activeTab|firstSheet)="\d+"')
PRINT_AREA = re.compile(
    r'<definedName\s(?=[^>]*"_xlnm\.Print_Area")[^>]*?localSheetId="(\d+)"[^>]*>[^<]*</definedName>'
)


class PicturesError(Exception):
    """Why no pictures can be made, and what to do."""


@dataclass(frozen=True)
class Tools:
    """Where the other programs are."""

    soffice: str
    pdftoppm: str
    chromium: str


def main() -> int:
    """Read the two folders from the command line and make the pictures."""
    parser = argparse.ArgumentParser(description="Turn a program folder into pictures of its tabs and mails.")
    parser.add_argument("program", type=Path, metavar="DEMO_DIR", help="folder with the .xlsx and .eml files")
    parser.add_argument("out", type=Path, metavar="OUT_DIR", help="folder that gets the .png files")
    given = parser.parse_args()
    try:
        for picture in make_pictures(given.program, given.out):
            print(picture)
    except PicturesError as error:
        print(error, file=sys.stderr)
        return 3
    return 0


def make_pictures(program: Path, out: Path) -> Iterator[Path]:
    """Make all pictures and yield their paths, tabs first.

    Raises:
        PicturesError: Another program is missing or failed, or there is nothing to picture.
    """
    tools = find_tools()
    workbooks, mails = find(program, "xlsx"), find(program, "eml")
    if not workbooks and not mails:
        raise PicturesError(f"{program} holds no .xlsx and no .eml file. Name the folder of a program.")
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        yield from picture_tabs(workbooks, out, tools, Path(scratch))
        for name, mail in mails.items():
            yield from picture_mail(mail, out / f"mail-{name}.png", tools, Path(scratch) / f"mail-{name}")


def find(program: Path, suffix: str) -> dict[str, Path]:
    """Files of a kind below a folder, by a name for their pictures; hidden ones are left out."""
    paths = sorted(path.relative_to(program) for path in program.rglob(f"*.{suffix}"))
    seen = (path for path in paths if not any(part.startswith((".", "~$")) for part in path.parts))
    return {slug(str(path.with_suffix(""))): program / path for path in seen}


def find_tools() -> Tools:
    """The other programs.

    Raises:
        PicturesError: Names every one that is missing.
    """
    wanted = {
        "soffice": ("soffice", "libreoffice"),
        "pdftoppm": ("pdftoppm",),
        "chromium": ("chromium", "chromium-browser", "google-chrome"),
    }
    found = {key: next(filter(None, map(shutil.which, names)), "") for key, names in wanted.items()}
    if missing := [key for key, path in found.items() if not path]:
        raise PicturesError(f"Not found on the PATH: {', '.join(missing)}. Install it and run this again.")
    return Tools(**found)


def picture_tabs(workbooks: dict[str, Path], out: Path, tools: Tools, scratch: Path) -> Iterator[Path]:
    """A picture of each visible tab: "stakeholder-map-status.png"."""
    copies = [
        copy for name, workbook in workbooks.items() for copy in single_tab_copies(name, workbook, scratch)
    ]
    if not copies:
        return
    sheets = convert(copies, "fods", tools, scratch)
    for sheet in sheets:
        sheet.write_text(as_one_page(sheet.read_text(encoding="utf-8")), encoding="utf-8")
    for pdf in convert(sheets, "pdf", tools, scratch):
        page = pdf.with_suffix("")
        run([tools.pdftoppm, "-r", str(TABS_DPI), "-png", "-singlefile", str(pdf), str(page)])
        yield cut_out(page.with_suffix(".png"), out / f"{page.name}.png")


def convert(files: list[Path], kind: str, tools: Tools, scratch: Path) -> list[Path]:
    """The files as LibreOffice converts them, in order.

    Raises:
        PicturesError: LibreOffice did not make one of them.
    """
    profile = f"-env:UserInstallation={(scratch / 'profile').as_uri()}"
    command = [tools.soffice, profile, "--headless", "--convert-to", kind, "--outdir", str(scratch)]
    run([*command, *map(str, files)])
    made = [file.with_suffix(f".{kind}") for file in files]
    if missing := [path.stem for path in made if not path.exists()]:
        raise PicturesError(f"LibreOffice could not convert {', '.join(missing)}. Open it there to see why.")
    return made


def as_one_page(sheet: str) -> str:
    """A flat OpenDocument sheet on one page, however tall, without header and footer.

    LibreOffice fits row heights to wrapped text only in files that it does not take for its own. The
    styles of highlights say nothing of alignment, so they take it from the default style.
    """
    sheet = GENERATOR.sub(r"\1pictures", sheet)
    sheet = PAGE_PARTS.sub(r'<style:\1 style:display="false">', sheet)
    sheet = sheet.replace('style:vertical-align="bottom"', 'style:vertical-align="top"')
    sheet = sheet.replace('fo:break-before="page"', 'fo:break-before="auto"')
    return re.sub(r'fo:page-height="[^"]*"', f'fo:page-height="{PAGE_HEIGHT}"', sheet)


def single_tab_copies(name: str, workbook: Path, scratch: Path) -> Iterator[Path]:
    """Copies of a workbook, each with one of its visible tabs shown; everything else stays as it is."""
    with zipfile.ZipFile(workbook) as source:
        book = source.read(WORKBOOK).decode("utf-8")
        for index, tag in enumerate(SHEET.findall(book)):
            if (state := STATE.search(tag)) and state[1] != "visible":
                continue
            copy = scratch / f"{name}-{slug(html.unescape(NAME.search(tag)[1]))}.xlsx"
            with zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED) as target:
                for part in source.namelist():
                    target.writestr(part, show_only(book, index) if part == WORKBOOK else source.read(part))
            yield copy


def show_only(book: str, shown: int) -> str:
    """The XML of a workbook with one sheet visible and active, and all others hidden.

    The others lose their print areas: LibreOffice prints a hidden sheet that has one.
    """
    tags = iter(range(len(SHEET.findall(book))))

    def restate(tag: re.Match[str]) -> str:
        state = "visible" if next(tags) == shown else "hidden"
        return re.sub(r"(/?>)$", rf' state="{state}"\1', STATE.sub("", tag[0]))

    book = PRINT_AREA.sub(lambda area: area[0] if int(area[1]) == shown else "", book)
    book = SHEET.sub(restate, ACTIVE.sub("", book))
    return re.sub(r"(<(?:\w+:)?workbookView)\b", rf'\1 activeTab="{shown}"', book)


def picture_mail(mail: Path, target: Path, tools: Tools, scratch: Path) -> Iterator[Path]:
    """A picture of a mail's HTML part; mails without one are left out."""
    body = message_from_bytes(mail.read_bytes(), policy=policy.default).get_body(("html",))
    if body is None:
        return
    scratch.mkdir()
    page, shot = scratch / "mail.html", scratch / "mail.png"
    page.write_text(body.get_content(), encoding="utf-8")
    window = f"--window-size={MAIL_WIDTH},{MAIL_HEIGHT}"
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", window]
    profile = f"--user-data-dir={scratch / 'profile'}"
    run([tools.chromium, *flags, profile, f"--screenshot={shot}", page.as_uri()])
    if not shot.exists():
        raise PicturesError(f"Chromium made no picture of {mail}. Open the mail's HTML in it to see why.")
    yield cut_out(shot, target)


def cut_out(picture: Path, target: Path) -> Path:
    """Write the part of a picture that differs from its bottom right corner, with a margin around it."""
    with Image.open(picture) as opened:
        image = opened.convert("RGB")
    ground = Image.new("RGB", image.size, image.getpixel((image.width - 1, image.height - 1)))
    left, top, right, bottom = ImageChops.difference(image, ground).getbbox() or (0, 0, *image.size)
    edges = (left - MARGIN, top - MARGIN, right + MARGIN, bottom + MARGIN)
    box = (max(edges[0], 0), max(edges[1], 0), min(edges[2], image.width), min(edges[3], image.height))
    image.crop(box).save(target, optimize=True)
    return target


def slug(text: str) -> str:
    """A name for a file: lower case, with hyphens."""
    return "-".join(re.findall(r"[^\W_]+", text.lower())) or "unnamed"


def run(command: list[str]) -> None:
    """Run another program to its end.

    Raises:
        PicturesError: It failed or took too long; with its last words.
    """
    name = Path(command[0]).name
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT, check=False)
    except subprocess.TimeoutExpired as error:
        raise PicturesError(f"{name} did not end within {TIMEOUT} seconds. Run this again.") from error
    if done.returncode:
        words = (done.stderr or done.stdout).strip().splitlines()[-3:]
        raise PicturesError(f"{name} failed with exit code {done.returncode}: {' '.join(words)}")


if __name__ == "__main__":
    raise SystemExit(main())
