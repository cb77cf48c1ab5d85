from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ...common import BillingCommon


@tagged("post_install", "-at_install", "billing_neighbours")
class TestInvoicingCoreTimesheets(BillingCommon):
    """Time sheets write the quantity to invoice of lines past every compute."""

    def setUp(self):
        super().setUp()
        timed = {"invoice_policy": "delivery", "service_type": "timesheet"}
        self.hours = self._create_service("Hours", 80.0, recurring=False, **timed)
        # The worst case: what is billed each month is sold by time sheets, too.
        self.retainer = self._create_service("Retainer", 500.0, **timed)
        self.order = self._subscribe(
            "2026-01-01", lines=[(self.retainer, 1, 500.0), (self.hours, 10, 80.0)]
        )
        self.recurring, self.timed = self.order.order_line
        admin = self.env(su=True)
        self.employee = admin["hr.employee"].create({"name": "Ada"})
        self.project = admin["project.project"].create(
            {
                "name": "Care",
                "allow_billable": True,
                "allow_timesheets": True,
                "partner_id": self.customer.id,
                "sale_line_id": self.timed.id,
                "company_id": self.company.id,
            }
        )

    def _log_time(self, line, day, hours):
        """Hours worked for a line of the subscription."""
        self.env["account.analytic.line"].sudo().create(
            {
                "name": "Work",
                "date": day,
                "unit_amount": hours,
                "employee_id": self.employee.id,
                "project_id": self.project.id,
                "so_line": line.id,
                "is_so_line_edited": True,
            }
        )

    def _press_button(self, **vals):
        self.env["sale.advance.payment.inv"].create(
            {"sale_order_ids": [Command.set(self.order.ids)], **vals}
        ).create_invoices()

    def _amounts(self):
        return self._invoices(self.order).mapped("amount_untaxed")

    def test_time_on_a_recurring_line_is_never_invoiced_by_core(self):
        for month in ("01", "02", "03"):
            self._log_time(self.recurring, f"2026-{month}-01", 7.0)
            self._run_on(f"2026-{month}-01")
        self.recurring._recompute_qty_to_invoice(False, False)
        with self.assertRaises(UserError):
            self.order._create_invoices()
        with self.assertRaises(UserError):
            self.order._create_invoices(final=True)
        self.order._force_lines_to_invoice_policy_order()
        self.assertEqual(self.recurring.qty_to_invoice, 0.0)
        self.assertEqual(self._amounts(), [500.0, 500.0, 500.0])

    def test_hours_of_each_month_join_its_invoice(self):
        self._log_time(self.timed, "2026-01-01", 3.0)
        self._run_on("2026-01-01")
        self._log_time(self.timed, "2026-01-20", 2.0)
        self._run_on("2026-02-01")
        self.assertEqual(self._amounts(), [740.0, 660.0])

    def test_hours_billed_by_the_run_are_not_billed_for_a_range_of_days(self):
        self._log_time(self.timed, "2026-01-01", 3.0)
        self._run_on("2026-01-01")
        self._log_time(self.timed, "2026-01-20", 2.0)
        with self._on("2026-01-25"):
            self._press_button(
                date_start_invoice_timesheet="2026-01-01",
                date_end_invoice_timesheet="2026-01-31",
            )
        self.assertEqual(self._amounts(), [740.0, 160.0])
        sheets = self.env["account.analytic.line"].sudo()
        sheets = sheets.search([("so_line", "=", self.timed.id)], order="date")
        self.assertEqual(sheets.timesheet_invoice_id, self._invoices(self.order))

    def test_hours_of_a_deleted_draft_are_billed_again(self):
        self.order.billing_plan_id.sudo().posting = "draft"
        self._log_time(self.timed, "2026-01-01", 3.0)
        self._run_on("2026-01-01")
        with self._on("2026-01-02"):
            self._invoices(self.order).unlink()
        self._run_on("2026-01-02")
        self.assertEqual(self._amounts(), [740.0])

    def test_automatic_invoice_refunds_nothing_beside_time_sheets(self):
        self._log_time(self.timed, "2026-01-01", 10.0)
        for month in ("01", "02", "03"):
            self._run_on(f"2026-{month}-01")
        admin = self.env(su=True)
        admin["ir.config_parameter"].set_param("sale.automatic_invoice", "True")
        charge = admin["payment.transaction"].create(
            {
                "provider_id": admin["payment.provider"]
                .create({"name": "Card", "code": "none"})
                .id,
                "payment_method_id": admin.ref("payment.payment_method_unknown").id,
                "reference": "card",
                "amount": self.order.amount_total,
                "currency_id": self.order.currency_id.id,
                "partner_id": self.customer.id,
                "sale_order_ids": [Command.set(self.order.ids)],
                "state": "done",
            }
        )
        charge._invoice_sale_orders()
        self.assertEqual(self._amounts(), [1300.0, 500.0, 500.0])
