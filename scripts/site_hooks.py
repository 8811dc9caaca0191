"""For the documentation site: links that lead out of docs/ become the path they name.

Pages link to templates and source files, which a reader of the repository can open and a reader of the site
cannot.
"""

from __future__ import annotations

import re

_OUTWARD = re.compile(r"\[([^\]]+)\]\(\.\./([^)#]+)[^)]*\)")


def on_page_markdown(markdown: str, **_: object) -> str:
    """MkDocs' hook: a page before it is rendered."""
    return _OUTWARD.sub(_named, markdown)


def _named(link: re.Match[str]) -> str:
    words, path = link.groups()
    return words if words.strip("`") == path else f"{words} (`{path}`)"
