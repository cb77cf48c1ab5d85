"""What the tests of pledges share: an officer, invoices, payments, credit notes."""

from odoo import Command
from odoo.tests import new_test_user

from ...common import BillingCommon


class PledgesCommon(BillingCommon):
    """A collections officer at work; the first invoice is due on 31 January 2026."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.officer = new_test_user(
            cls.admin_env,
            login="officer",
            groups="recurring_billing.recurring_billing_group_officer",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
            tz="Europe/Paris",
        )
        cls.clerk_env = cls.env
        cls.env = cls.env(user=cls.officer)
        cls.company = cls.company.with_env(cls.env)
        cls.service = cls.env["billing.dunning.pledges"]

    # === Facts === #

    @classmethod
    def _invoice(cls, amount, due="2026-01-31", *, partner=None, **vals):
        """A posted invoice without tax, a month before it is due."""
        # Accounting is others' work: the facts are there.
        move = (
            cls.admin_env["account.move"]
            .sudo()
            .create(
                {
                    "move_type": "out_invoice",
                    "partner_id": (partner or cls.customer).id,
                    "invoice_date": "2026-01-01",
                    "invoice_payment_term_id": False,
                    "invoice_date_due": due,
                    "invoice_line_ids": [
                        Command.create(
                            {"name": "Services", "price_unit": amount, "tax_ids": []}
                        )
                    ],
                    **vals,
                }
            )
        )
        move.action_post()
        return move.with_env(cls.env)

    @classmethod
    def _invoice_in_two(cls, amount, **vals):
        """Half of it due on 31 January, half on 2 March."""
        term = (
            cls.admin_env["account.payment.term"]
            .sudo()
            .create(
                {
                    "name": "In two",
                    "line_ids": [
                        Command.create(
                            {"value": "percent", "value_amount": 50, "nb_days": days}
                        )
                        for days in (30, 60)
                    ],
                }
            )
        )
        return cls._invoice(amount, invoice_payment_term_id=term.id, **vals)

    def _pay(self, invoices, amount, on):
        """The money comes, and is matched on the same day."""
        register = (
            self.admin_env["account.payment.register"]
            .sudo()
            .with_context(active_model="account.move", active_ids=invoices.ids)
        )
        payments = register.create(
            {"payment_date": on, "amount": amount, "group_payment": True}
        )._create_payments()
        self.env.invalidate_all()
        return payments

    def _credit(self, invoice, amount, on):
        """A posted credit note of a part of an invoice."""
        wizard = (
            self.admin_env["account.move.reversal"]
            .sudo()
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"date": on, "journal_id": invoice.journal_id.id})
        )
        note = self.admin_env["account.move"].browse(wizard.refund_moves()["res_id"])
        note.sudo().invoice_line_ids.price_unit = amount
        note.sudo().action_post()
        self.env.invalidate_all()
        return note

    # === Pledges === #

    def _promise(self, amount=0, until="2026-02-20", on="2026-02-10", **vals):
        with self._on(on):
            return self.env["billing.dunning.promise"].create(
                {
                    "partner_id": self.customer.id,
                    "until": until,
                    **({"amount": amount} if amount else {}),
                    **vals,
                }
            )

    def _dispute(self, invoice, amount=0, on="2026-02-10", **vals):
        with self._on(on):
            return self.env["billing.dunning.dispute"].create(
                {
                    "move_id": invoice.id,
                    "category": "amount",
                    **({"amount": amount} if amount else {}),
                    **vals,
                }
            )

    def _plan(self, on="2026-02-10", **vals):
        with self._on(on):
            return self.env["billing.dunning.plan"].create(
                {"partner_id": self.customer.id, "first_on": "2026-02-20", **vals}
            )

    def _refresh(self, on):
        with self._on(on):
            self.service._refresh(self.company, self._day(on))

    def _parts(self, on, partners=None):
        """``{(number, due date): [(kind, amount, until)], or cause of the hold}``"""
        found = self.service._get_parts(
            self.company, partners or self.customer, self._day(on)
        )
        moves = self.env["account.move"]
        return {
            (moves.browse(move_id).name, str(due)): (
                hold.cause
                if hold
                else [
                    (part.kind, float(part.amount), str(part.until)) for part in parts
                ]
            )
            for (move_id, due), (parts, hold) in found.items()
        }
