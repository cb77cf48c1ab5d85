"""What the tests of sending share: documents, a mail server, the two jobs."""

from unittest.mock import patch

from odoo import SUPERUSER_ID, Command, api

from odoo.addons.recurring_billing.models.invoicing.delivery import (
    billing_talking,
)

from ...common import BillingCommon
from .mail_server import MailServer


class Killed(BaseException):
    """The process ends here: nothing of what it held is written any more."""


class DeliveryCommon(BillingCommon):
    """A company whose documents leave over a mail server of the test."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        admin = cls.env(su=True)
        cls.company.sudo().write({"billing_sending": "all", "email": "us@example.com"})
        cls.user.sudo().email = "nadia@example.com"
        cls.customer.sudo().email = "accounts@horizon.example"
        admin["ir.mail_server"].search([]).active = False
        cls.mail_server = admin["ir.mail_server"].create(
            {"name": "Test", "smtp_host": "127.0.0.1", "smtp_encryption": "none"}
        )

    def setUp(self):
        super().setUp()
        self.server = self._start_server()
        # Odoo never connects in a test; here it does, to this machine only.
        servers = self.env.registry["ir.mail_server"]
        self.startPatcher(patch.object(servers, "_disable_send", lambda *_args: False))
        self.startPatcher(patch.object(billing_talking, "PATIENCE", 1))
        rendering = self.env.registry["billing.rendering"]
        self.startPatcher(patch.object(rendering, "_render", self._fake_render))

    def _start_server(self, mode="accept"):
        server = MailServer(mode)
        self.addCleanup(server.stop)
        # Servers are the administrator's.
        self.mail_server.smtp_port = server.port
        return server

    @staticmethod
    def _fake_render(_service, moves):
        """A small file for each document: PDFs are tested where they are made."""
        missing = moves.filtered(lambda move: not move.invoice_pdf_report_id)
        missing.env["ir.attachment"].sudo().create(
            [
                {
                    "name": f"{move.name.replace('/', '_')}.pdf",
                    "raw": b"%PDF-1.4 " + move.name.encode(),
                    "mimetype": "application/pdf",
                    "res_model": "account.move",
                    "res_id": move.id,
                    "res_field": "invoice_pdf_report_file",
                }
                for move in missing
            ]
        )
        missing.invalidate_recordset(["invoice_pdf_report_id"])
        return {}

    # === Documents === #

    @classmethod
    def _make_invoices(cls, *partners, **vals):
        """Posted invoices of the billing user, one for each customer."""
        moves = cls.env["account.move"].create(
            [
                {
                    "move_type": "out_invoice",
                    "partner_id": partner.id,
                    "invoice_date": "2026-03-02",
                    "invoice_user_id": cls.user.id,
                    "invoice_line_ids": [
                        Command.create(
                            {"product_id": cls.support.id, "price_unit": 100.0}
                        )
                    ],
                    **vals,
                }
                for partner in partners or [cls.customer]
            ]
        )
        moves.action_post()
        return moves

    # === Jobs === #

    def _job(self, name):
        """One of the jobs, as the scheduler runs it."""
        with self._scheduler_mode():
            # The scheduler runs as the system.
            self.env.ref(f"recurring_billing.{name}").sudo().method_direct_trigger()
        self.env.invalidate_all()

    def _prepare(self):
        self._job("ir_cron_prepare_deliveries")

    def _send(self):
        self._job("ir_cron_send_deliveries")

    def _deliver(self):
        self._prepare()
        self._send()

    def _killed_while_sending(self):
        """Run the sending job in a process that dies; what it committed stays."""
        # Not assertRaises: it would take back what was committed.
        try:
            with self._scheduler_mode(), self.env.registry.cursor() as cr:
                api.Environment(cr, SUPERUSER_ID, {})["billing.sending"]._cron_send()
        except Killed:
            self.env.invalidate_all()
        else:
            self.fail("The process did not die.")

    def _kill_at(self, name, call):
        """Let the process die at a call of the sending service.

        :param str name: of the method.
        :param int call: which call of it, from 1.
        """
        service = self.env.registry["billing.sending"]
        original, calls = getattr(service, name), [0]

        def dying(this, *args, **kwargs):
            calls[0] += 1
            if calls[0] == call:
                raise Killed
            return original(this, *args, **kwargs)

        return patch.object(service, name, dying)

    # === Reading === #

    def _rows(self, moves):
        return self.env["billing.delivery"].search(
            [("move_id", "in", moves.ids)], order="id"
        )

    def _states(self, moves):
        return self._rows(moves).mapped("state")
