from odoo import Command
from odoo.tests import tagged

from ...common import BillingCommon


@tagged("post_install", "-at_install")
class TestInvoicingCoreSums(BillingCommon):
    """What core shows as invoiced, and as still to invoice, after three months."""

    def setUp(self):
        super().setUp()
        # Of the company's own country: with tax.
        self.customer = self._create_customer(
            "Harbour", country_id=self.company.country_id.id, zip="10001"
        )
        self.order = self._subscribe("2026-01-01", lines=[(self.support, 2, 100.0)])
        self.line = self.order.order_line
        for day in ("2026-01-01", "2026-02-01", "2026-03-01"):
            self._run_on(day)
        self.invoices = self._invoices(self.order)

    def _invoice_by_hand(self, day, quantity, price, move=(), line=()):
        """A posted invoice of the subscription line that no run made."""
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.customer.id,
                "invoice_date": day,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": self.support.id,
                            "quantity": quantity,
                            "price_unit": price,
                            "tax_ids": [Command.set(self.tax.ids)],
                            "sale_line_ids": [Command.link(self.line.id)],
                            **dict(line),
                        }
                    )
                ],
                **dict(move),
            }
        )
        invoice.action_post()
        return invoice

    def _credit(self, invoice, quantity):
        """A posted credit note for a part of an invoice, given up for good."""
        with self._on("2026-03-05"):
            wizard = (
                self.env["account.move.reversal"]
                .with_context(active_model="account.move", active_ids=invoice.ids)
                .create(
                    {
                        "journal_id": invoice.journal_id.id,
                        "billing_rebill": "given_up",
                    }
                )
            )
            wizard.refund_moves()
            wizard.new_move_ids.invoice_line_ids.quantity = quantity
            wizard.new_move_ids.action_post()
        return wizard.new_move_ids

    def _assert_sums(self, quantity, posted, untaxed, total):
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(
            (
                self.line.qty_invoiced,
                self.line.qty_invoiced_posted,
                self.line.untaxed_amount_invoiced,
                self.line.amount_invoiced,
            ),
            (quantity, posted, untaxed, total),
        )
        self.assertEqual(self.order.amount_invoiced, total)
        self._assert_nothing_left()

    def _assert_nothing_left(self):
        for name in (
            "qty_to_invoice",
            "untaxed_amount_to_invoice",
            "amount_to_invoice",
            "amount_to_invoice_at_date",
        ):
            self.assertEqual(self.line[name], 0.0, name)
        self.assertEqual(self.order.amount_to_invoice, 0.0)
        self.assertEqual(self.line.invoice_status, "invoiced")
        self.assertEqual(self.order.invoice_status, "invoiced")

    def test_three_invoices_are_summed(self):
        self._assert_sums(6.0, 6.0, 600.0, 690.0)

    def test_part_credited_is_taken_off(self):
        credit = self._credit(self.invoices[1], 0.5)
        self.assertEqual(credit.amount_untaxed, 50.0)
        self._assert_sums(5.5, 5.5, 550.0, 632.5)

    def test_draft_counts_as_quantity_only(self):
        with self._on("2026-03-02"):
            self.invoices[2].button_draft()
        self._assert_sums(6.0, 4.0, 400.0, 460.0)

    def test_cancelled_invoice_does_not_count(self):
        with self._on("2026-03-02"):
            self.invoices[2].button_draft()
            self.invoices[2].button_cancel()
        self._assert_sums(4.0, 4.0, 400.0, 460.0)

    def test_deleted_draft_does_not_count(self):
        with self._on("2026-03-02"):
            self.invoices[2].button_draft()
            # The last number of its sequence: core lets it go.
            self.invoices[2].unlink()
        self._assert_sums(4.0, 4.0, 400.0, 460.0)

    def test_invoice_in_another_currency_is_converted_on_its_day(self):
        other = self.env.ref("base.EUR").sudo()
        self.assertNotEqual(other, self.order.currency_id)
        other.active = True
        other.rate_ids = [
            Command.clear(),
            *(
                Command.create(
                    {"name": day, "rate": rate, "company_id": self.company.id}
                )
                for day, rate in (("2026-01-01", 2.0), ("2026-02-01", 4.0))
            ),
        ]
        self._invoice_by_hand("2026-01-20", 1, 300.0, {"currency_id": other.id})
        self._invoice_by_hand("2026-02-20", 1, 300.0, {"currency_id": other.id})
        self._assert_sums(8.0, 8.0, 825.0, 948.75)

    def test_invoice_in_another_unit_is_converted(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        self._invoice_by_hand("2026-03-20", 1, 900.0, line={"product_uom_id": dozen.id})
        self._assert_sums(18.0, 18.0, 1500.0, 1725.0)

    def test_vendor_document_on_the_line_does_not_count(self):
        bill = self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": self.customer.id,
                "invoice_date": "2026-03-20",
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": self.support.id,
                            "quantity": 1,
                            "price_unit": 70.0,
                            "sale_line_ids": [Command.link(self.line.id)],
                        }
                    )
                ],
            }
        )
        bill.action_post()
        self._assert_sums(6.0, 6.0, 600.0, 690.0)

    def test_sums_at_a_past_date_leave_later_invoices_out(self):
        line = self.line.with_context(accrual_entry_date="2026-02-15")
        self.assertEqual(line.qty_invoiced_at_date, 4.0)
        self.assertEqual(line.amount_to_invoice_at_date, 0.0)

    def test_sums_of_many_lines_take_no_query_each(self):
        lines = self.line
        for _number in range(4):
            lines |= self._subscribe("2026-03-01").order_line
        self.env.flush_all()
        self.env.invalidate_all()
        # The sums, and the lines' own units.
        with self.assertQueryCount(clerk=2):
            totals = lines._get_billing_invoiced_totals()
        self.assertEqual(totals, {self.line.id: (6.0, 6.0, 600.0, 690.0)})

    def test_service_delivered_in_full_is_no_upselling(self):
        self.line.qty_delivered = 5.0
        self._assert_nothing_left()

    def test_quote_is_nothing_to_invoice(self):
        quote = self._quote()
        self.assertEqual(quote.order_line.invoice_status, "no")
        self.assertEqual(quote.invoice_status, "no")

    def test_status_waits_for_the_fee_only(self):
        with self._on("2026-04-01"):
            order = self._subscribe(
                "2026-04-01",
                lines=[(self.support, 1, 100.0), (self.setup_fee, 1, 450.0)],
            )
        self.assertEqual(order.invoice_status, "to invoice")
        self._run_on("2026-04-01")
        self.assertEqual(order.invoice_status, "invoiced")

    def test_sales_analysis_shows_nothing_left(self):
        self.env.flush_all()
        rows = self.env["sale.report"].search([("order_reference", "=", self._ref())])
        self.assertEqual(rows.mapped("qty_to_invoice"), [0.0])
        self.assertEqual(rows.mapped("untaxed_amount_to_invoice"), [0.0])
        self.assertEqual(rows.mapped("untaxed_amount_invoiced"), [600.0])

    def _ref(self):
        return f"sale.order,{self.order.id}"
