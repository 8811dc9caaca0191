"""Makes the README's pictures from the demo: docs/pictures/*.png.

make pictures
"""

from __future__ import annotations

import tempfile
from datetime import datetime
from pathlib import Path

from pictures import make_pictures
from PIL import Image

from sheetsync.verbs.demo import demo

PICTURES = Path(__file__).parent.parent / "docs" / "pictures"
NOW = datetime(2026, 11, 21, 9)

WIDTH = 1200  # pixels; the README shows them at the width of a page
COLORS = 128  # of a palette: a spreadsheet has few, and the files stay small

#: Picture of the README -> (beginning of the picture's name, pixels of its height that are shown).
WANTED = {
    "map-status": ("stakeholder-map-status", 1095),
    "map-stakeholders": ("stakeholder-map-stakeholders", 506),
    "group-status": ("working-group-status", 950),
    "group-log": ("working-group-log", 506),
    "weekly-mail": ("mail-outbox-2026-11-21-acme-apprenticeships-weekly", 1000),
}


def main() -> None:
    """Run the demo, picture it, and keep what the README shows."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        demo(Path(scratch) / "demo", NOW)
        made = list(make_pictures(Path(scratch) / "demo", Path(scratch) / "pictures"))
        for name, (beginning, height) in WANTED.items():
            (source,) = (path for path in made if path.name.startswith(beginning))
            shrink(source, PICTURES / f"{name}.png", height)


def shrink(source: Path, target: Path, height: int) -> None:
    """Scale a picture to the README's width, cut it off below, and write it with few colors."""
    with Image.open(source) as opened:
        image = opened.convert("RGB")
    width = min(WIDTH, image.width)
    image = image.resize((width, round(image.height * width / image.width)), Image.Resampling.LANCZOS)
    image = image.crop((0, 0, width, min(height, image.height)))
    image.quantize(COLORS, dither=Image.Dither.NONE).save(target, optimize=True)


if __name__ == "__main__":
    main()
