#!/usr/bin/env python3
"""Verifies an export of the archive. Vérifie un export des archives.

    python3 -I verify.py             the folder this script lies in / son propre dossier
    python3 -I verify.py export.zip  the file as it was downloaded / le fichier reçu

Needs Python 3.9 and nothing else; reads only. Written apart from the software that made
the export, on purpose: it computes everything again from the files.
N'a besoin que de Python 3.9 ; ne fait que lire. Écrit à part du logiciel qui a produit
l'export, à dessein : tout est recalculé à partir des fichiers.

    digest = SHA-256(record)                                as canonical JSON
    seal   = SHA-256({digest, previous, sealed_at, sequence}) as canonical JSON

Canonical JSON: UTF-8, keys sorted, no space between elements.
"""

import csv
import hashlib
import io
import json
import os
import sys
import zipfile

GENESIS = "0" * 64
CHUNK = 1024 * 1024
# How far from its number a document is looked for.
WINDOW = 500
# What reading a file raises that is no export any more.
FAULTS = (
    OSError,
    KeyError,
    TypeError,
    ValueError,
    AttributeError,
    zipfile.BadZipFile,
)


class Folder:
    """The files of an unpacked export."""

    def __init__(self, path):
        self.path = path

    def names(self):
        for folder, _folders, files in os.walk(os.path.join(self.path, "documents")):
            for name in files:
                full = os.path.join(folder, name)
                yield os.path.relpath(full, self.path).replace(os.sep, "/")

    def open(self, name):
        return open(os.path.join(self.path, *name.split("/")), "rb")


class Zip:
    """The files of an export that is still packed."""

    def __init__(self, path):
        self.zip = zipfile.ZipFile(path)

    def names(self):
        return (name for name in self.zip.namelist() if name.startswith("documents/"))

    def open(self, name):
        return self.zip.open(name)


def canonical(value):
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode("utf-8")


def digest(value):
    return hashlib.sha256(canonical(value)).hexdigest()


def seal(link, sequence):
    return digest(
        {
            "digest": link["digest"],
            "previous": link["previous"],
            "sealed_at": link["sealed_at"],
            "sequence": sequence,
        }
    )


def say(link, english, french):
    """One finding, in both languages."""
    name = link.get("record", {}).get("document", {}).get("number", "")
    title = "no. {} {}".format(link.get("sequence", "?"), name).strip()
    return f"{title}: {english} / {french}"


def verify(path):
    """Everything that is wrong with an export; an empty list when nothing is."""
    source = Zip(path) if os.path.isfile(path) else Folder(path)
    try:
        with source.open("chain.json") as file:
            chain = json.load(file)
        links = sorted(chain["links"], key=lambda link: link["sequence"])
        head = chain["head"]
        findings = verify_links(links, head)
        findings += verify_files(source, links)
        findings += verify_index(source, links)
        return findings
    except FAULTS as error:
        return [f"chain.json: cannot be read / illisible ({error!r})"]


def verify_links(links, head):
    findings = []
    before = None
    for link in links:
        own = verify_link(link)
        number = link["sequence"]
        if before and number <= before["sequence"]:
            own = [say(link, "stands twice", "figure deux fois")]
        elif before and number > before["sequence"] + 1:
            findings.append(gap(before["sequence"] + 1, number - 1))
        elif before and not own and not before["damaged"]:
            if link["previous"] != before["seal"]:
                findings.append(replaced(before))
        elif number == 1 and not own and link["previous"] != GENESIS:
            own = [say(link, "does not begin the chain", "ne commence pas la chaîne")]
        findings += own
        before = dict(link, damaged=bool(own))
    if not before:
        return [gap(1, head["sequence"])]
    if before["sequence"] > head["sequence"]:
        findings.append(
            say(before, "stands beyond the end", "dépasse la fin de la chaîne")
        )
    elif not before["damaged"] and ends_elsewhere(before, head):
        findings.append(replaced(before))
    return findings


def ends_elsewhere(link, head):
    return link["sequence"] == head["sequence"] and link["seal"] != head["seal"]


def gap(first, last):
    return f"no. {first} - {last}: missing / manquant"


def replaced(link):
    return say(
        link,
        "was sealed anew after what follows it",
        "a été scellé à nouveau après ce qui le suit",
    )


def verify_link(link):
    if "record" in link and digest(link["record"]) != link["digest"]:
        return [
            say(
                link,
                "the record was changed",
                "l'enregistrement a été modifié",
            )
        ]
    number = link["sequence"]
    if seal(link, number) == link["seal"]:
        return []
    for distance in range(1, WINDOW + 1):
        for other in (number - distance, number + distance):
            if seal(link, other) == link["seal"]:
                return [
                    say(
                        link,
                        f"was sealed as no. {other}",
                        f"a été scellé sous le n° {other}",
                    )
                ]
    return [say(link, "the seal does not fit", "le sceau ne correspond pas")]


def verify_files(source, links):
    findings, listed = [], set()
    for link in links:
        if "record" not in link:
            continue
        files = link["record"]["files"]
        if len(files) != len(link["paths"]):
            findings.append(say(link, "a file is missing", "il manque un fichier"))
        for file, path in zip(files, link["paths"], strict=False):
            listed.add(path)
            found = measure(source, path)
            if found is None:
                findings.append(say(link, path + " is missing", path + " est manquant"))
            elif found != (file["size"], file["sha256"]):
                findings.append(
                    say(link, path + " was changed", path + " a été modifié")
                )
    for name in sorted(set(source.names()) - listed):
        if not name.endswith("/"):
            findings.append(f"{name}: was added / a été ajouté")
    return findings


def measure(source, path):
    """Size and SHA-256 of a file, None when it cannot be read."""
    algorithm, size = hashlib.sha256(), 0
    try:
        with source.open(path) as file:
            while True:
                chunk = file.read(CHUNK)
                if not chunk:
                    return size, algorithm.hexdigest()
                algorithm.update(chunk)
                size += len(chunk)
    except (OSError, KeyError, zipfile.BadZipFile):
        return None


def verify_index(source, links):
    with source.open("index.csv") as file:
        text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
        rows = {row[0]: row for row in list(csv.reader(text, delimiter=";"))[1:] if row}
    findings = []
    for link in links:
        if "record" not in link:
            continue
        row = rows.pop(str(link["sequence"]), None)
        document = link["record"]["document"]
        wanted = [document["number"], document["date"], document["total"]]
        if row is None or [row[2].lstrip("'"), row[3], row[8]] != wanted:
            findings.append(
                say(
                    link,
                    "index.csv says something else",
                    "index.csv indique autre chose",
                )
            )
    for number in rows:
        findings.append(f"index.csv: no. {number} was added / a été ajouté")
    return findings


def main(arguments):
    path = arguments[0] if arguments else os.path.dirname(os.path.abspath(__file__))
    findings = verify(path)
    for finding in findings:
        sys.stdout.write(finding + "\n")
    if findings:
        sys.stdout.write("{} damages / {} altérations\n".format(*[len(findings)] * 2))
        return 1
    sys.stdout.write("Intact: every file, record and link. / ")
    sys.stdout.write("Intact : chaque fichier, enregistrement et maillon.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
