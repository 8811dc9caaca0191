"""How mails look: the same as last time, on every width, light and dark, and readable.

What changed on purpose is looked at, then kept: run this file with SHEETSYNC_SNAPSHOTS=write.
"""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import subprocess
from datetime import timedelta
from email.message import EmailMessage
from html.parser import HTMLParser
from pathlib import Path

import pytest

from core.builders import TODAY
from mail.test_mail_render import ANA, QUIET, a_program, text_of
from sheetsync.core.alarms import alarm
from sheetsync.core.announcements import announcements, letter
from sheetsync.mail.render import preview_html, render

SNAPSHOTS = Path(__file__).parent / "snapshots"
KINDS = ("milestone", "digest", "note", "welcome", "letter", "alarm")
LONG = "Donaudampfschifffahrtsgesellschaftskapitänswitwenrentenauszahlungsstelle" * 2


def mails(event: str = "Pilot agreed") -> dict[str, EmailMessage]:
    view = a_program(event=event, evidence=f"Two seats are ours. {event}")
    book = next(book for book in view.books if book.records("members"))
    told = {it.kind: it for it in reversed(announcements(view, (QUIET,)))}
    told["letter"] = letter(view, book, book.records("members")[0], TODAY - timedelta(days=365))
    told["alarm"] = alarm(
        view, 7, [("b.xlsx: is damaged and cannot be read.", f"Put back a backup. {event}")]
    )
    return {kind: render(told[kind], ANA, view) for kind in KINDS}


class Skeleton(HTMLParser):
    """The tags of a page with their classes, indented; no texts, no styles."""

    def __init__(self) -> None:
        super().__init__()
        self.depth, self.lines = 0, []

    def handle_starttag(self, tag, attrs):
        kind = dict(attrs).get("class")
        self.lines.append("  " * self.depth + tag + (f".{kind}" if kind else ""))
        self.depth += tag not in ("meta", "br")

    def handle_endtag(self, tag):
        self.depth -= tag not in ("meta", "br")


def skeleton(page: str) -> str:
    parser = Skeleton()
    parser.feed(page)
    return "\n".join(parser.lines) + "\n"


@pytest.mark.parametrize("kind", KINDS)
def test_a_mail_looks_as_it_did(kind: str) -> None:
    message = mails()[kind]
    found = {"txt": text_of(message).replace("\r\n", "\n"), "tags": skeleton(preview_html(message))}
    for suffix, content in found.items():
        file = SNAPSHOTS / f"{kind}.{suffix}"
        if os.environ.get("SHEETSYNC_SNAPSHOTS") == "write":
            file.parent.mkdir(exist_ok=True)
            file.write_text(content, encoding="utf-8")
        assert content == file.read_text(encoding="utf-8")


WATCH = """
<pre id="found"></pre><script>
const numbers = color => (color.match(/[\\d.]+/g) || []).map(Number);
const light = color => numbers(color).slice(0, 3).map(it => it / 255)
  .map(it => it <= 0.04045 ? it / 12.92 : ((it + 0.055) / 1.055) ** 2.4)
  .reduce((sum, it, at) => sum + it * [0.2126, 0.7152, 0.0722][at], 0);
const ground = node => {
  for (; node; node = node.parentElement) {
    const color = getComputedStyle(node).backgroundColor;
    if (numbers(color)[3] !== 0) return color;
  }
  return "rgb(255, 255, 255)";
};
const contrast = node => {
  const pair = [light(getComputedStyle(node).color), light(ground(node))].sort((a, b) => b - a);
  return (pair[0] + 0.05) / (pair[1] + 0.05);
};
const texts = page => [...page.querySelectorAll("body *")].filter(node => node.offsetParent !== null &&
  [...node.childNodes].some(it => it.nodeType === 3 && it.textContent.trim()));
addEventListener("load", () => {
  const frames = [...document.querySelectorAll("iframe")];
  const wide = frames.filter(it => it.contentDocument.documentElement.scrollWidth > it.clientWidth);
  const dim = frames.flatMap(it => texts(it.contentDocument).filter(node => contrast(node) < 4.5)
    .map(node => `${it.id}: ${node.textContent.trim()}`));
  const read = frames.map(it => texts(it.contentDocument).length);
  const found = [wide.map(it => it.id), dim, Math.min(...read)];
  document.getElementById("found").textContent = JSON.stringify(found);
});
</script>
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_every_screen_a_mail_fits_and_its_texts_stand_out(tmp_path: Path, scheme: str) -> None:
    """In a browser, from the smallest phone on; WCAG wants a contrast of 4.5 to 1."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("Chromium is not installed")
    frames = [
        f'<iframe id="{kind} {width}" style="width: {width}px" srcdoc="{html.escape(preview_html(mail))}">'
        "</iframe>"
        for kind, mail in mails(LONG).items()
        for width in (320, 360, 480, 600, 700)
    ]
    (tmp_path / "all.html").write_text("".join((*frames, WATCH)), encoding="utf-8")
    flags = ("--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}")
    preferred = f"--blink-settings=preferredColorScheme={0 if scheme == 'dark' else 1}"
    done = subprocess.run(
        [chromium, *flags, preferred, "--dump-dom", (tmp_path / "all.html").as_uri()],
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=True,
    )
    (found,) = re.findall(r'<pre id="found">(.*?)</pre>', done.stdout)
    wide, dim, fewest_texts = json.loads(html.unescape(found))
    assert (wide, dim) == ([], [])
    assert fewest_texts > 3
