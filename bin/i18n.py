"""Refreshes i18n/recurring_billing.pot from the module, and merges i18n/fr.po.

Translations are kept, new terms come in empty, terms no longer used go. A file in which
no term has changed is left as it is, dates included.
"""

import os
import sys

import polib

from lib import databases, project

FOLDER = project.CHECKOUT / "i18n"
POT = FOLDER / f"{project.MODULE}.pot"
LANGUAGES = {"fr": "nplurals=2; plural=(n > 1);"}


def main():
    """Export the terms and bring the translations in step with them."""
    terms = export_terms()
    FOLDER.mkdir(exist_ok=True)
    if not POT.exists() or describe(polib.pofile(POT)) != describe(terms):
        save(terms, POT)
    missing = 0
    for language, plural_forms in LANGUAGES.items():
        missing += merge(terms, FOLDER / f"{language}.po", language, plural_forms)
    project.say(f"i18n: {len(terms)} terms, {missing} without a translation")
    return 0


def export_terms():
    """Return the terms of the module, as Odoo finds them in a database that has it."""
    template = databases.ensure_template("tests")
    database = f"i18n_{os.getpid()}"
    exported = project.DEV / "exported.pot"
    databases.copy(template, database)
    try:
        # fmt: off
        steps = [
            ["server", "-d", database, "-i", project.MODULE, "--stop-after-init",
             "--no-http", "--max-cron-threads=0", "--log-level=warn"],
            ["i18n", "export", "-d", database, "-o", exported, project.MODULE],
        ]
        # fmt: on
        for step in steps:
            code, log = project.run_odoo("i18n.log", *step)
            if code:
                project.show_end(log)
                sys.exit(f"The terms could not be exported: {log}")
    finally:
        databases.drop(database)
    return polib.pofile(exported)


def get_key(entry):
    """Return what makes a term itself."""
    return entry.msgctxt, entry.msgid


def describe(catalogue):
    """Return all that a translator sees of a catalogue, without its dates."""
    return [
        (get_key(entry), entry.msgstr, entry.comment, entry.occurrences, entry.flags)
        for entry in catalogue
    ]


def merge(terms, path, language, plural_forms):
    """Bring one translation in step with the terms; return how many it lacks."""
    old = polib.pofile(path) if path.exists() else polib.POFile()
    known = {
        get_key(entry): entry.msgstr
        for entry in old
        if not entry.obsolete and "fuzzy" not in entry.flags
    }
    new = polib.POFile()
    new.header = terms.header
    new.metadata = terms.metadata | {"Language": language, "Plural-Forms": plural_forms}
    for term in terms:
        new.append(
            polib.POEntry(
                msgid=term.msgid,
                msgctxt=term.msgctxt,
                msgstr=known.get(get_key(term), ""),
                comment=term.comment,
                occurrences=term.occurrences,
            )
        )
    if describe(new) != describe(old):
        save(new, path)
    return sum(not entry.msgstr for entry in new)


def save(catalogue, path):
    """Write a catalogue, complete or not at all."""
    catalogue.wrapwidth = 78
    unfinished = path.with_suffix(path.suffix + ".new")
    catalogue.save(str(unfinished))
    unfinished.replace(path)


if __name__ == "__main__":
    sys.exit(main())
