"""What the tests of the archive share: documents, quickly archived."""

from contextlib import contextmanager
from unittest.mock import patch

from odoo import Command

from ...common import BillingCommon


class ArchiveCommon(BillingCommon):
    """Documents of a company that keeps the archive."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.archives = cls.env["billing.archive"]
        # What users only read; the tests look behind it.
        cls.service = cls.env(su=True)["billing.archiving"]

    # === Documents === #

    def _invoice(self, day="2026-03-02", price=100.0, **vals):
        """A posted invoice that has nothing to do with subscriptions."""
        move = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.customer.id,
                "invoice_date": day,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": self.setup_fee.id,
                            "quantity": 1,
                            "price_unit": price,
                        }
                    )
                ],
                **vals,
            }
        )
        move.action_post()
        return move

    @contextmanager
    def _printed(self, faults=None):
        """Rendering gives each document a small file of its own.

        :param faults: sentences of the documents that cannot be printed.
        """
        faults = faults or {}

        def render(service, moves):
            service.env["ir.attachment"].sudo().create(
                [
                    {
                        "name": f"{move.name.replace('/', '_')}.pdf",
                        "raw": f"%PDF-1.4 {move.name} {move.amount_total}".encode(),
                        "res_model": "account.move",
                        "res_id": move.id,
                        "res_field": "invoice_pdf_report_file",
                    }
                    for move in moves
                    if move not in faults
                ]
            )
            return {move: faults[move] for move in moves if move in faults}

        rendering = type(self.env["billing.rendering"])
        with patch.object(rendering, "_render", render):
            yield

    # === The archive's jobs === #

    def _archive(self, faults=None):
        """The scheduled action; documents are printed quickly."""
        with self._printed(faults), self._scheduler_mode():
            self._cron("ir_cron_archive").method_direct_trigger()
        self.env.invalidate_all()

    def _cron(self, name):
        return self.env.ref(f"recurring_billing.{name}").sudo()

    def _archived(self, move):
        """What the archive keeps of a document, as its clerk sees it."""
        return self.archives.search(
            [("move_id", "=", move.id), ("kind", "=", "document")]
        )

    def _chain(self):
        return self.env["billing.archive.chain"].search(
            [("company_id", "=", self.company.id)]
        )

    def _damages(self):
        """[(number in the chain, nature, document)] of what is open."""
        return [
            (damage.sequence, damage.code, damage.name)
            for damage in self.env["billing.archive.damage"].search(
                [("solved_at", "=", False)], order="sequence, id"
            )
        ]

    def _verify(self):
        self._chain().sudo()._verify_whole()
        self.env.invalidate_all()

    # === Behind the archive's back === #

    def _sql(self, query, *values):
        """What an administrator of the database does, the triggers put away."""
        self.env.flush_all()
        cr = self.env.cr
        for table in ("billing_archive", "billing_archive_file"):
            cr.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")  # pylint: disable=sql-injection
        cr.execute(query, values)
        for table in ("billing_archive", "billing_archive_file"):
            cr.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")  # pylint: disable=sql-injection
        self.env.invalidate_all()
