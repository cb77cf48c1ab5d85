"""From a posted document to an unsealed record: files, computation, facts."""

import hashlib
import io
import logging

from odoo import models
from odoo.tools import SQL
from odoo.tools.pdf import OdooPdfFileReader

from ....engine.archive import KeptFile, record_of, retention_end
from ....engine.canonical import canonical, digest
from .guards import archive_writer
from .ir_attachment import KEPT_FIELDS

_logger = logging.getLogger(__name__)

#: Documents that are rendered and read between two commits.
BATCH = 40
#: Documents that are noted in one statement.
NOTED = 1000


class BillingArchiving(models.AbstractModel):
    """The archive's service: it alone writes the archive."""

    _name = "billing.archiving"
    _description = "Archive Service"

    # === Marks become records === #

    def _note_documents(self):
        """Give each marked document a record, without its files yet.

        :return: how many; as many as :data:`NOTED` at once.
        """
        self.env["account.move"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO billing_archive (
                       move_id, company_id, partner_id, kind, state, number, move_type,
                       document_date, customer_name, currency_id, amount_total,
                       integrity, attempts, create_uid, write_uid, create_date,
                       write_date)
                SELECT move.id, move.company_id, move.partner_id, 'document', 'waiting',
                       move.name, move.move_type, move.invoice_date,
                       COALESCE(partner.complete_name, partner.name),
                       move.currency_id, move.amount_total, 'unverified', 0,
                       %(user)s, %(user)s, now() AT TIME ZONE 'UTC',
                       now() AT TIME ZONE 'UTC'
                  FROM account_move move
             LEFT JOIN res_partner partner ON partner.id = move.partner_id
                 WHERE move.billing_archive_state = 'to_archive'
                   AND move.state = 'posted'
                   AND NOT EXISTS (SELECT FROM billing_archive known
                                    WHERE known.move_id = move.id
                                      AND known.kind = 'document')
                 ORDER BY move.id
                 LIMIT %(limit)s
                ON CONFLICT DO NOTHING
                """,
                user=self.env.uid,
                limit=NOTED,
            )
        )
        self.env["billing.archive"].invalidate_model()
        return self.env.cr.rowcount

    def _claim(self, limit=BATCH):
        """Take documents that wait for their files; the try is counted beforehand.

        What kills the process is thus tried less and less often. The caller commits.

        :return: ``billing.archive`` records.
        """
        self.env["billing.archive"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE billing_archive archive
                   SET attempts = attempts + 1,
                       next_try_at = now() AT TIME ZONE 'UTC'
                           + least(power(2, least(attempts, 10)) * interval '5 minutes',
                                   interval '1 day')
                 WHERE id IN (SELECT id
                                FROM billing_archive
                               WHERE state = 'waiting' AND kind = 'document'
                                 AND (next_try_at IS NULL
                                      OR next_try_at <= now() AT TIME ZONE 'UTC')
                               ORDER BY id
                               LIMIT %s
                                 FOR UPDATE SKIP LOCKED)
                RETURNING id
                """,
                limit,
            )
        )
        archives = self.env["billing.archive"].browse(sorted(row[0] for row in rows))
        archives.invalidate_recordset()
        # The archive's own job; nobody else writes it.
        return archive_writer(archives)

    # === Records get their files === #

    def _take_in(self, archives):
        """Read or render the files of documents; those that have them can be sealed.

        :param archives: waiting records, as :meth:`_claim` returns them.
        """
        for company, members in archives.grouped("company_id").items():
            service = self.with_company(company).with_context(
                allowed_company_ids=company.ids
            )
            service._take_in_company(members.with_env(service.env))

    def _take_in_company(self, archives):
        archives = archive_writer(archives)
        moves = archives.move_id.filtered(lambda move: move.state == "posted")
        missing = moves.filtered(lambda move: not move.invoice_pdf_report_id)
        faults = self.env["billing.rendering"]._render(missing) if missing else {}
        moves.invalidate_recordset(["invoice_pdf_report_id", "invoice_pdf_report_file"])
        originals = self._get_originals(moves)
        computations = self._get_computations(moves)
        ready = archives.browse()
        contents = {}
        for archive in archives:
            move = archive.move_id
            files = originals.get(move.id, {})
            if not any(kind == "pdf" for kind, _name in files):
                archive.fault = str(faults.get(move) or "") or self.env._(
                    "%(document)s has no PDF yet. Print it, or send it.",
                    document=move.display_name,
                )
                continue
            if move.id in computations:
                files["computation", "computation.json"] = computations[move.id]
            contents[archive] = files
            ready |= archive
        self._keep(contents)
        if faults:
            _logger.info("Archive: %s documents wait for their PDF", len(faults))

    def _get_originals(self, moves):
        """The files of documents as Odoo keeps them.

        :return: ``{move id: {(kind, name): content}}``
        """
        attachments = self.env["ir.attachment"].search(
            [
                ("res_model", "=", "account.move"),
                ("res_id", "in", moves.ids),
                ("res_field", "in", list(KEPT_FIELDS)),
            ],
            order="id",
        )
        found = {}
        for attachment in attachments:
            content = attachment.raw
            if content:
                kind = KEPT_FIELDS[attachment.res_field]
                files = found.setdefault(attachment.res_id, {})
                files[kind, attachment.name] = content
        for files in found.values():
            if not any(kind == "xml" for kind, _name in files):
                for (kind, _name), content in list(files.items()):
                    if kind == "pdf":
                        files.update(self._get_embedded(content))
        return found

    def _get_embedded(self, pdf):
        """The electronic invoice inside a PDF, if there is one."""
        if b"/EmbeddedFile" not in pdf and b"/ObjStm" not in pdf:
            return {}
        try:
            embedded = list(
                OdooPdfFileReader(io.BytesIO(pdf), strict=False).getAttachments()
            )
        except Exception as error:  # noqa: BLE001 - any PDF is kept, also an odd one
            _logger.info("Archive: a PDF does not tell what it embeds: %s", error)
            return {}
        return {
            ("xml", name): content
            for name, content in embedded
            if name.lower().endswith(".xml") and content
        }

    def _get_computations(self, moves):
        """What the amounts of documents were computed from, as canonical JSON.

        :return: ``{move id: content}`` of those that the ledger knows.
        """
        self.env["billing.entry"].flush_model()
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT line.move_id AS move, entry.id AS entry,
                       entry.kind, orders.name AS subscription,
                       line.name AS line,
                       entry.period_start::text, entry.period_end::text,
                       entry.scheduled_date::text,
                       entry.settled_amount::text, entry.charged_amount::text,
                       entry.untaxed_amount::text, entry.concession_amount::text,
                       entry.concession_reason, entry.facts, entry.facts_digest
                  FROM billing_entry entry
                  JOIN account_move_line line ON line.id = entry.move_line_id
                  JOIN sale_order orders ON orders.id = entry.order_id
                 WHERE line.move_id = ANY(%s) AND entry.state <> 'void'
                 ORDER BY entry.id
                """,
                moves.ids,
            )
        )
        entries = {}
        for row in rows:
            entries.setdefault(row.pop("move"), []).append(row)
        return {
            move_id: canonical({"format": 1, "entries": found}).encode()
            for move_id, found in entries.items()
        }

    def _keep(self, contents):
        """Store files and record of documents or proofs, ready to be sealed.

        :param dict contents: ``{archive: {(kind, name): bytes}}``
        """
        # The archive's own attachments: nobody creates them by hand.
        attachments = archive_writer(self.env["ir.attachment"])
        named = [
            (archive, kind, name, content)
            for archive, files in contents.items()
            for (kind, name), content in files.items()
        ]
        created = attachments.create(
            [
                {
                    "name": name,
                    "raw": content,
                    "res_model": "billing.archive",
                    "res_id": archive.id,
                    "company_id": archive.company_id.id,
                }
                for archive, _kind, name, content in named
            ]
        )
        kept = {}
        vals_list = []
        for (archive, kind, name, content), attachment in zip(
            named, created, strict=True
        ):
            file = KeptFile(
                kind, name, len(content), hashlib.sha256(content).hexdigest()
            )
            kept.setdefault(archive, []).append(file)
            vals_list.append(
                {
                    "archive_id": archive.id,
                    "kind": kind,
                    "name": name,
                    "size": file.size,
                    "sha256": file.sha256,
                    "attachment_id": attachment.id,
                }
            )
        # The archive's own job; nobody else writes it.
        archive_writer(self.env["billing.archive.file"]).create(vals_list)
        for archive, files in kept.items():
            archive.write(self._prepare_record_vals(archive, files))

    def _prepare_record_vals(self, archive, files):
        move, company = archive.move_id, archive.company_id
        until = archive.parent_id.retained_until or retention_end(
            move.date,
            last_month=int(company.fiscalyear_last_month),
            last_day=company.fiscalyear_last_day,
        )
        record = record_of(
            kind=archive.kind,
            company={
                "name": company.name or "",
                "vat": company.vat or "",
                "registry": company.company_registry or "",
            },
            document=archive._get_document_facts(),
            files=files,
            retained_until=until,
        )
        return {
            "record": canonical(record),
            "digest": digest(record),
            "retained_until": until,
            "state": "ready",
            "fault": False,
        }
