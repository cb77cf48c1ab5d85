"""What the tests of reminders share: invoices of past days, and what pays them."""

from datetime import date, timedelta

from odoo import Command, fields

from odoo.addons.recurring_billing.tests.common import BillingCommon


class DunningCommon(BillingCommon):
    """Posted invoices with a due date, payments and credit notes on chosen days."""

    def _bill(self, due, amount=100.0, partner=None, days=30, **vals):
        """A posted invoice without tax.

        :param due: its due date, ISO; it was made ``days`` before.
        """
        made = date.fromisoformat(due) - timedelta(days=days)
        move = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": (partner or self.customer).id,
                "invoice_date": made,
                "invoice_payment_term_id": False,
                "invoice_date_due": due,
                "invoice_line_ids": [
                    Command.create(
                        {"name": "Work", "price_unit": amount, "tax_ids": False}
                    )
                ],
                **vals,
            }
        )
        move.action_post()
        return move

    def _pay(self, move, day, amount=None):
        """Register a payment of an invoice."""
        register = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=move.ids)
            .create(
                {
                    "payment_date": day,
                    **({"amount": amount} if amount else {}),
                }
            )
        )
        return register._create_payments()

    def _credit(self, move, day, amount=None):
        """Post a credit note of an invoice; core sets it against what it corrects."""
        note = move._reverse_moves(
            [{"invoice_date": fields.Date.to_date(day), "date": day}], cancel=False
        )
        if amount:
            note.invoice_line_ids.price_unit = amount
        note.action_post()
        return note
