"""The ZIP file of an export: written to disk piece by piece, then verified."""

import csv
import hashlib
import importlib.util
import io
import json
import os
import re
import shutil
import tempfile
import zipfile

from odoo import models
from odoo.tools import SQL
from odoo.tools.misc import file_path

from .guards import archive_writer

#: Records that are in memory at a time.
BATCH = 500
#: What stands in every export, as it stands in the module.
_ENCLOSED = "recurring_billing/data/invoicing_archive_export"
_CHUNK = 1024 * 1024


def load_verifier():
    """The script that is enclosed in exports, as a module.

    :return: its ``verify(path)`` answers with a list of sentences.
    """
    path = file_path(f"{_ENCLOSED}/verify.py")
    spec = importlib.util.spec_from_file_location("billing_archive_verifier", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class BillingArchiveExport(models.Model):
    _inherit = "billing.archive.export"

    def _build(self):
        """Write the file, verify it with the script inside, and note both."""
        self.ensure_one()
        handle, path = tempfile.mkstemp(suffix=".zip", prefix="archive_")
        os.close(handle)
        try:
            self._write_zip(path)
            findings = load_verifier().verify(path)
            vals = {
                "sha256": _hash(path, hashlib.sha256()),
                "findings": "\n".join(findings) or False,
                "state": "failed" if findings else "done",
                "fault": False,
                "verified_at": False if findings else self.env.cr.now(),
            }
            vals["attachment_id"] = self._store(path).id
            self.write(vals)
        finally:
            if os.path.exists(path):
                os.unlink(path)

    def _write_zip(self, path):
        chain = self.env["billing.archive.chain"].search(
            [("company_id", "=", self.company_id.id)]
        )
        # As it is now: documents may have been sealed since it was asked for.
        first, last, count = self._get_bounds()
        self.write(
            {
                "record_count": count,
                "first_sequence": first,
                "last_sequence": last,
                "head_seal": chain.seal,
                "is_whole": self._count_all() == count,
            }
        )
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in ("verify.py", "README.txt"):
                archive.write(file_path(f"{_ENCLOSED}/{name}"), name)
            self._write_files(archive)
            self._write_chain(archive, chain)
            self._write_index(archive)

    def _get_bounds(self):
        domain = self._get_domain(self.company_id, self.date_from, self.date_to)
        [bounds] = self.env["billing.archive"]._read_group(
            domain, [], ["sequence:min", "sequence:max", "__count"]
        )
        return bounds

    def _count_all(self):
        return self.env["billing.archive"].search_count(
            [("company_id", "=", self.company_id.id), ("state", "=", "sealed")]
        )

    def _read_records(self):
        """The sealed records of the period in the order of the chain, few at a time."""
        archives = self.env["billing.archive"]
        domain = self._get_domain(self.company_id, self.date_from, self.date_to)
        after = 0
        while found := archives.search(
            [*domain, ("sequence", ">", after)], order="sequence", limit=BATCH
        ):
            yield from found
            after = found[-1].sequence
            archives.invalidate_model()
            self.env["billing.archive.file"].invalidate_model()
            self.env["ir.attachment"].invalidate_model()

    def _get_paths(self, record):
        """Where each file of a record lies in the ZIP, in the record's own order."""
        folder = f"documents/{record.sequence:08d}_{_safe(record.number)}"
        names = {}
        for number, file in enumerate(self._get_sorted_files(record)):
            name = _safe(file.name)
            taken = f"{folder}/{name}" in names.values()
            names[file] = f"{folder}/{number}_{name}" if taken else f"{folder}/{name}"
        return names

    def _get_sorted_files(self, record):
        return record.file_ids.sorted(lambda file: (file.kind, file.name))

    def _write_files(self, archive):
        for record in self._read_records():
            for file, path in self._get_paths(record).items():
                attachment = file.attachment_id
                source = attachment.store_fname and attachment._full_path(
                    attachment.store_fname
                )
                if source and os.path.exists(source):
                    archive.write(source, path)
                elif attachment.db_datas:
                    archive.writestr(path, attachment.raw)

    def _write_chain(self, archive, chain):
        """All links from the first to the last; the records of the period alone."""
        inside = iter(self._read_records())
        record = next(inside, None)
        header = {
            "format": 1,
            "company": {
                "name": self.company_id.name,
                "vat": self.company_id.vat or "",
                "registry": self.company_id.company_registry or "",
            },
            "from": str(self.date_from),
            "to": str(self.date_to),
            "exported_at": self.env.cr.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
            "head": {"sequence": chain.sequence, "seal": chain.seal},
        }
        with archive.open("chain.json", "w", force_zip64=True) as raw:
            text = io.TextIOWrapper(raw, encoding="utf-8", write_through=True)
            text.write(json.dumps(header, ensure_ascii=False)[:-1] + ', "links": [')
            for number, row in enumerate(self._read_links()):
                link = dict(
                    zip(
                        ("sequence", "previous", "digest", "sealed_at", "seal"),
                        row,
                        strict=True,
                    )
                )
                if record and record.sequence == link["sequence"]:
                    link["record"] = json.loads(record.record)
                    link["paths"] = list(self._get_paths(record).values())
                    record = next(inside, None)
                text.write(",\n" if number else "\n")
                text.write(json.dumps(link, ensure_ascii=False))
            text.write("\n]}\n")
            text.detach()

    def _read_links(self):
        """The links between the bounds of the period, few at a time."""
        after = self.first_sequence - 1
        while rows := self.env.execute_query(
            SQL(
                """
                SELECT sequence, previous, digest,
                       to_char(sealed_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), seal
                  FROM billing_archive
                 WHERE company_id = %s AND sequence > %s AND sequence <= %s
                 ORDER BY sequence
                 LIMIT %s
                """,
                self.company_id.id,
                after,
                self.last_sequence,
                BATCH,
            )
        ):
            yield from rows
            after = rows[-1][0]

    def _write_index(self, archive):
        with archive.open("index.csv", "w", force_zip64=True) as raw:
            # The mark at the beginning lets spreadsheets read the accents.
            text = io.TextIOWrapper(
                raw, encoding="utf-8-sig", newline="", write_through=True
            )
            writer = csv.writer(text, delimiter=";")
            writer.writerow(
                [
                    self.env._("Number in the chain"),
                    self.env._("Kind"),
                    self.env._("Document"),
                    self.env._("Date"),
                    self.env._("Customer"),
                    self.env._("Currency"),
                    self.env._("Amount excl. tax"),
                    self.env._("Tax"),
                    self.env._("Amount incl. tax"),
                    self.env._("Kept until"),
                    self.env._("Files"),
                ]
            )
            for record in self._read_records():
                writer.writerow(self._prepare_index_row(record))
            text.detach()

    def _prepare_index_row(self, record):
        document = json.loads(record.record)["document"]
        return [
            record.sequence,
            record.kind,
            _cell(document["number"]),
            document["date"],
            _cell(document["customer"]),
            document["currency"],
            document["untaxed"],
            document["tax"],
            document["total"],
            record.retained_until,
            " ".join(self._get_paths(record).values()),
        ]

    def _store(self, path):
        """Let the file become an attachment without reading it into memory."""
        attachments = archive_writer(self.env["ir.attachment"])
        attachment = attachments.create(
            {
                "name": f"archive_{self.date_from}_{self.date_to}.zip",
                "mimetype": "application/zip",
                "res_model": self._name,
                "res_id": self.id,
                "company_id": self.company_id.id,
            }
        )
        if attachment._storage() == "db":
            with open(path, "rb") as file:
                attachment.raw = file.read()
            return attachment
        size, checksum = os.path.getsize(path), _hash(path, hashlib.sha1())
        name = f"{checksum[:2]}/{checksum}"
        target = attachment._full_path(name)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        shutil.move(path, target)
        # Should this transaction fail, the file goes with the next cleaning.
        attachment._mark_for_gc(name)
        attachment.flush_recordset()
        self.env.cr.execute(
            "UPDATE ir_attachment SET store_fname = %s, checksum = %s, file_size = %s"
            " WHERE id = %s",
            [name, checksum, size, attachment.id],
        )
        attachment.invalidate_recordset()
        return attachment


def _hash(path, algorithm):
    with open(path, "rb") as file:
        while chunk := file.read(_CHUNK):
            algorithm.update(chunk)
    return algorithm.hexdigest()


def _safe(name):
    """A name that is one everywhere: no separator, no trick."""
    plain = re.sub(r"[^\w.-]+", "-", name or "")
    return re.sub(r"\.{2,}", ".", plain).strip(".-_") or "document"


def _cell(text):
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text
