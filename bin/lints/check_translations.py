"""The translations are complete: every term translated, none fuzzy, none left over."""

import polib
from tree import CHECKOUT, finish

I18N = CHECKOUT / "i18n"


def get_key(entry):
    """Return what makes a term itself."""
    return entry.msgctxt, entry.msgid


def find_gaps(po_path, pot_path):
    """Yield one line per term that is missing, unsure or no longer used."""
    translations = [entry for entry in polib.pofile(po_path) if not entry.obsolete]
    for entry in translations:
        if "fuzzy" in entry.flags:
            yield f"{po_path.name}: fuzzy: {entry.msgid!r}"
        elif not entry.msgstr:
            yield f"{po_path.name}: not translated: {entry.msgid!r}"
    have = {get_key(entry) for entry in translations}
    want = {get_key(entry) for entry in polib.pofile(pot_path)}
    yield from (
        f"{po_path.name}: lacks {key[1]!r}" for key in sorted(want - have, key=str)
    )
    yield from (
        f"{po_path.name}: unused {key[1]!r}" for key in sorted(have - want, key=str)
    )


def find_objections():
    """Yield the gaps of each translation, held against the template beside it."""
    pots = sorted(I18N.glob("*.pot"))
    for po_path in sorted(I18N.glob("*.po")):
        if not pots:
            yield f"{po_path.name}: there is no .pot beside it, run make i18n"
            continue
        yield from find_gaps(po_path, pots[0])


finish(list(find_objections()))
