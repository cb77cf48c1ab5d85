"""A style sheet without the rules that cannot match a page.

wkhtmltopdf spends more than half of its time on reading Odoo's style sheet, anew for
the body and for each page's header and footer. Nine tenths of it name classes that no
invoice has. A rule stays if one of its selectors may match, whole and in its place, so
that a page looks the same to the pixel.
"""

import functools
import html
import re
from dataclasses import dataclass

#: What may hold a brace that is none, and the braces.
_TOKEN = re.compile(
    r"""/\*.*?\*/|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|url\([^"')]*\)|[{};]""", re.DOTALL
)
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_PSEUDO = re.compile(r"(?<!\\)::?[\w-]+")
_NAME = r"(?:\\.|[\w-]|[^\x00-\x7f])+"
_CLASS_OR_ID = re.compile(rf"[.#]({_NAME})")
_TAG = re.compile(r"[a-zA-Z][\w-]*")
_ATTRIBUTE = re.compile(
    r"""\b(?:class|id)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']+))""", re.IGNORECASE
)
_ELEMENT = re.compile(r"<([a-zA-Z][\w-]*)")
#: A script with these may give elements other classes than the page shows.
_RESTYLING = re.compile(
    r"<script[^>]*\ssrc\s*=|classList|className|setAttribute|innerHTML|insertAdjacent"
)
#: Elements that a browser adds.
_IMPLIED = frozenset({"html", "head", "body", "tbody", "colgroup"})
_GROUPS = ("@media", "@supports")


def get_names(page):
    """The classes, ids and elements that a page has, in lower case.

    :param str page: HTML.
    :return: a frozenset; None when scripts of the page may change them.
    """
    if _RESTYLING.search(page):
        return None
    names = set(_IMPLIED)
    for found in _ATTRIBUTE.finditer(page):
        names.update(html.unescape(found[1] or found[2] or found[3] or "").split())
    names.update(found[1] for found in _ELEMENT.finditer(page))
    return frozenset(name.lower() for name in names)


@dataclass(frozen=True)
class _Rule:
    """Text that stays if one of the sets of names is on the page."""

    text: str
    needs: tuple[frozenset[str], ...]

    def prune(self, names):
        return self.text if any(need <= names for need in self.needs) else ""


@dataclass(frozen=True)
class _Group:
    """A condition, and the rules under it."""

    head: str
    parts: tuple

    def prune(self, names):
        inner = "".join(part.prune(names) for part in self.parts)
        return f"{self.head}{{{inner}}}" if inner else ""


@functools.lru_cache(maxsize=8)
def _parse(sheet):
    """The parts of a style sheet, in order.

    :raises ValueError: when its braces do not pair.
    """
    parts, depth, start, opened = [], 0, 0, 0
    for found in _TOKEN.finditer(sheet):
        token = found[0]
        if token == "{":
            opened = found.start() if not depth else opened
            depth += 1
        elif token == "}":
            depth -= 1
            if depth < 0:
                raise ValueError("A brace closes that was not opened")
            if not depth:
                parts.append(_make_part(sheet, start, opened, found))
                start = found.end()
        elif token == ";" and not depth:
            parts.append(_Rule(sheet[start : found.end()], (frozenset(),)))
            start = found.end()
    if depth:
        raise ValueError("A brace is not closed")
    return tuple(parts)


def _make_part(sheet, start, opened, closed):
    head = _COMMENT.sub("", sheet[start:opened]).strip()
    if head.startswith(_GROUPS):
        return _Group(head, _parse(sheet[opened + 1 : closed.start()]))
    text = sheet[start : closed.end()]
    # Fonts, animations and what else has no selector.
    if head.startswith("@"):
        return _Rule(text, (frozenset(),))
    return _Rule(text, tuple(_get_needs(head)))


def _get_needs(selectors):
    """For each selector, the names that all must be on the page; what stands in
    brackets, and pseudo-classes, need nothing.
    """
    while _BRACKETS.search(selectors):
        selectors = _BRACKETS.sub("", selectors)
    for selector in _PSEUDO.sub("", selectors).split(","):
        names = {_unescape(found[1]) for found in _CLASS_OR_ID.finditer(selector)}
        names.update(_TAG.findall(_CLASS_OR_ID.sub(" ", selector)))
        yield frozenset(name.lower() for name in names if name)


def _unescape(name):
    # A character by its number is not worth the reading: it then needs nothing.
    if re.search(r"\\[0-9a-fA-F]", name):
        return ""
    return name.replace("\\", "")


def prune(sheet, names):
    """A style sheet for a page.

    :param str sheet: CSS.
    :param names: of ``get_names``; None leaves the sheet as it is.
    """
    if names is None:
        return sheet
    try:
        parts = _parse(sheet)
    except ValueError:
        return sheet
    return "".join(part.prune(names) for part in parts)
