from contextlib import nullcontext
from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged

from odoo.addons.recurring_billing.models.invoicing.run import (
    billing_invoicing_complete,
    billing_invoicing_document,
)

from ...common import BillingCommon

#: What differs between any two documents.
_OWN = {
    "id",
    "move_id",
    "create_date",
    "write_date",
    "access_token",
    "billing_run_id",
    "matching_number",
}


class _Undone(Exception):
    """Takes back what was made to be compared."""


@tagged("post_install", "-at_install")
class TestInvoicingComplete(BillingCommon):
    """Invoices that the run creates complete are those that core would make."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.taxes = cls.env["account.tax"].sudo()
        group = cls.tax.tax_group_id.id
        cls.eco_tax = cls.taxes.create(
            {"name": "Eco 3.3", "amount": 3.3, "tax_group_id": group}
        )
        cls.included = cls.taxes.create(
            {
                "name": "7 incl.",
                "amount": 7,
                "price_include_override": "tax_included",
                "tax_group_id": group,
            }
        )
        cls.zero = cls.taxes.create({"name": "0", "amount": 0, "tax_group_id": group})
        cls.fixed = cls.taxes.create(
            {
                "name": "Fee 0.35",
                "amount": 0.35,
                "amount_type": "fixed",
                "include_base_amount": True,
                "sequence": 0,
                "tax_group_id": group,
            }
        )
        cls.plan = cls.plan_monthly.sudo().copy(
            {"name": "Together", "grouping": "together"}
        )
        cls.halves = (
            cls.env["account.payment.term"]
            .sudo()
            .create(
                {
                    "name": "Halves",
                    "line_ids": [
                        Command.create({"value": "percent", "value_amount": 50, **days})
                        for days in ({"nb_days": 0}, {"nb_days": 31})
                    ],
                }
            )
        )

    # === Making the same documents twice === #

    def _compare(self, orders, day="2027-02-01", complete=None):
        """Let the run make the documents both ways; all columns are the same.

        :param complete: how many documents the run makes complete; all by default.
        """
        fast, counted = self._make(orders, day)
        plain, _none = self._make(orders, day, plain=True)
        self.assertTrue(fast["account_move"])
        self.assertEqual(
            counted, len(fast["account_move"]) if complete is None else complete
        )
        for table, rows in plain.items():
            self.assertEqual(len(fast[table]), len(rows), table)
            for ours, core in zip(fast[table], rows, strict=True):
                self.assertEqual(ours, core, table)

    def _make(self, orders, day, *, plain=False):
        """What a run writes into the books, and how many documents it made complete."""
        accepted = []
        accepts = billing_invoicing_complete.CommonPath.accepts

        def count(path, document, vals):
            found = not plain and accepts(path, document, vals)
            accepted.append(found)
            return found

        format_once = patch.object(
            billing_invoicing_document,
            "numbering_formats",
            lambda env: nullcontext(),
        )
        try:
            with (
                self._on(day),
                self.env.cr.savepoint(),
                patch.object(billing_invoicing_complete.CommonPath, "accepts", count),
                format_once if plain else nullcontext(),
            ):
                run = self.env["billing.run"]._plan_run(orders)
                run._execute_at_once()
                self.assertEqual(
                    set(run.item_ids.mapped("state")),
                    {"done"},
                    run.item_ids.filtered("message").mapped("message"),
                )
                self.env.flush_all()
                books = self._read_books(run, orders)
                raise _Undone
        except _Undone:
            self.env.invalidate_all()
        return books, sum(accepted)

    def _read_books(self, run, orders):
        """All columns of the documents and of core's sums, without their own ids."""
        moves = self._query(
            "SELECT * FROM account_move WHERE billing_run_id = %s ORDER BY id", run.id
        )
        lines = self._query(
            "SELECT line.* FROM account_move_line line"
            " JOIN account_move move ON move.id = line.move_id"
            " WHERE move.billing_run_id = %s ORDER BY move.id, line.id",
            run.id,
        )
        relations = {
            f"{table} of line {number}": self._query(
                f"SELECT {column} FROM {table} WHERE {own} = %s ORDER BY 1", line["id"]
            )
            for number, line in enumerate(lines)
            for table, own, column in (
                (
                    "account_move_line_account_tax_rel",
                    "account_move_line_id",
                    "account_tax_id",
                ),
                (
                    "account_account_tag_account_move_line_rel",
                    "account_move_line_id",
                    "account_account_tag_id",
                ),
                ("sale_order_line_invoice_rel", "invoice_line_id", "order_line_id"),
            )
        }
        return {
            "account_move": [self._without_own(row) for row in moves],
            "account_move_line": [self._without_own(row) for row in lines],
            "account_analytic_line": self._query(
                "SELECT amount, unit_amount, general_account_id, account_id"
                " FROM account_analytic_line WHERE move_line_id = ANY(%s) ORDER BY id",
                [line["id"] for line in lines],
            ),
            "sale_order_line": self._query(
                "SELECT qty_invoiced, untaxed_amount_invoiced, qty_to_invoice,"
                " invoice_status, billing_next_date, billing_until_date,"
                " billing_settled_until FROM sale_order_line WHERE order_id = ANY(%s)"
                " ORDER BY id",
                orders.ids,
            ),
            **relations,
        }

    def _query(self, query, parameter):
        self.env.cr.execute(query, [parameter])
        return self.env.cr.dictfetchall()

    def _without_own(self, row):
        return {name: value for name, value in row.items() if name not in _OWN}

    # === What an invoice may be made of === #

    def _mixed_lines(self, *, analytic=False):
        distribution = {"analytic_distribution": analytic} if analytic else {}
        taxes = [
            self.tax,
            self.tax | self.eco_tax,
            self.included,
            self.fixed | self.tax,
            self.taxes,
            self.zero,
        ]
        return [
            (
                self.support,
                number + 1,
                33.33 + number / 7,
                {
                    "tax_ids": [Command.set(line_taxes.ids)],
                    "discount": (0, 7.5, 33.33)[number % 3],
                    **distribution,
                },
            )
            for number, line_taxes in enumerate(taxes)
        ]

    def _mixed(self, **vals):
        return self._subscribe(
            "2027-01-10", plan=self.plan, lines=self._mixed_lines(), **vals
        )

    def test_mixed_taxes_and_discounts(self):
        self._compare(self._mixed())

    def test_taxes_rounded_for_the_whole_document(self):
        self.company.sudo().tax_calculation_rounding_method = "round_globally"
        self._compare(self._mixed())

    def test_several_customers_and_a_shared_document(self):
        other = self._create_customer("Atelier Nord")
        orders = self._mixed() | self._mixed() | self._mixed(partner_id=other.id)
        self._compare(orders)

    def test_periods_of_several_months_one_document_each(self):
        self._compare(self._mixed(), day="2027-04-20")

    def test_second_month_of_an_invoiced_subscription(self):
        order = self._mixed()
        self._run_on("2027-01-10")
        self._compare(order)

    def test_instalments(self):
        self._compare(self._mixed(payment_term_id=self.halves.id))

    def test_early_payment_discount_of_the_total(self):
        self.halves.write(
            {
                "line_ids": [
                    Command.clear(),
                    Command.create({"value": "percent", "value_amount": 100}),
                ],
                "early_discount": True,
                "early_pay_discount_computation": "included",
            }
        )
        self._compare(self._mixed(payment_term_id=self.halves.id))

    def test_early_payment_discount_of_the_taxes_is_left_to_core(self):
        self.halves.write(
            {
                "line_ids": [
                    Command.clear(),
                    Command.create({"value": "percent", "value_amount": 100}),
                ],
                "early_discount": True,
                "early_pay_discount_computation": "mixed",
            }
        )
        self._compare(self._mixed(payment_term_id=self.halves.id), complete=0)

    def test_foreign_currency(self):
        currency = self.env.ref("base.GBP").sudo()
        currency.active = True
        currency.rate_ids.unlink()
        self.env["res.currency.rate"].sudo().create(
            {"name": "2027-01-01", "currency_id": currency.id, "rate": 0.8413}
        )
        pricelist = (
            self.env["product.pricelist"]
            .sudo()
            .create({"name": "Pounds", "currency_id": currency.id})
        )
        self._compare(self._mixed(pricelist_id=pricelist.id))

    def test_fiscal_position_that_maps_taxes_and_accounts(self):
        account = self.company_data["default_account_revenue"]
        position = (
            self.env["account.fiscal.position"]
            .sudo()
            .create(
                {
                    "name": "Abroad",
                    "account_ids": [
                        Command.create(
                            {
                                "account_src_id": account.id,
                                "account_dest_id": account.copy().id,
                            }
                        )
                    ],
                }
            )
        )
        self._compare(self._mixed(fiscal_position_id=position.id))

    def test_cash_basis_tax(self):
        account = self.company_data["default_account_tax_sale"].copy({"reconcile": 1})
        self.company.sudo().tax_exigibility = True
        self.eco_tax.write(
            {
                "tax_exigibility": "on_payment",
                "cash_basis_transition_account_id": account.sudo().id,
            }
        )
        self._compare(self._mixed())

    def test_analytic_distribution_of_the_order(self):
        account = self._create_analytic_account()
        order = self._subscribe(
            "2027-01-10",
            plan=self.plan,
            lines=self._mixed_lines(analytic={str(account.id): 100}),
        )
        self.eco_tax.analytic = True
        self._compare(order)

    def test_analytic_distribution_by_models_is_left_to_core(self):
        account = self._create_analytic_account()
        self.env["account.analytic.distribution.model"].sudo().create(
            {
                "partner_id": self.customer.id,
                "analytic_distribution": {str(account.id): 100},
            }
        )
        self._compare(self._mixed(), complete=0)

    def _create_analytic_account(self):
        plan = self.env["account.analytic.plan"].sudo().create({"name": "Projects"})
        return (
            self.env["account.analytic.account"]
            .sudo()
            .create({"name": "Care", "plan_id": plan.id})
        )

    def test_discounts_booked_apart_are_left_to_core(self):
        account = self.company_data["default_account_expense"]
        self.company.sudo().account_discount_expense_allocation_id = account
        self._compare(self._mixed(), complete=0)

    def test_credit_that_rides_on_an_invoice(self):
        order = self._mixed()
        self._run_on("2027-01-10")
        with self._on("2027-01-20"):
            order.order_line[0]._billing_add_version(
                self._day("2027-01-20"), quantity=0.5
            )
        self._compare(order)

    def test_credit_note_is_left_to_core(self):
        order = self._mixed()
        self._run_on("2027-01-10")
        with self._on("2027-01-20"):
            order._billing_close(self._day("2027-01-25"), self.reason)
        self._compare(order, day="2027-01-26", complete=0)

    def test_native_lines_are_left_to_core(self):
        order = self._subscribe(
            "2027-02-01",
            lines=[(self.setup_fee, 1, 450.0), (self.support, 2, 31.0)],
        )
        self._compare(order, complete=0)

    def test_zero_invoice(self):
        self.plan.zero_invoice = True
        lines = [
            (self.support, 1, 31.0, {"discount": 100}),
            (self.licence, 1, 0.0),
        ]
        order = self._subscribe("2027-02-01", plan=self.plan, lines=lines)
        self._compare(order)

    def test_drafts_left_by_the_plan(self):
        self.plan.posting = "draft"
        self._compare(self._mixed())

    def test_audit_trail_keeps_the_notes(self):
        self.company.sudo().restrictive_audit_trail = True
        order = self._mixed()
        self._run_on("2027-01-10")
        move = self._invoices(order)
        self.assertTrue(move.sudo().message_ids)

    # === Sums that core shows === #

    def test_sums_of_the_order_line_are_those_that_core_would_read(self):
        order = self._mixed()
        for day in ("2027-01-10", "2027-02-01", "2027-03-01"):
            self._run_on(day)
        totals = order.order_line._get_billing_invoiced_totals()
        for line in order.order_line:
            quantity, _posted, untaxed, _total = totals[line.id]
            self.assertEqual(line.qty_invoiced, quantity)
            self.assertAlmostEqual(line.untaxed_amount_invoiced, untaxed, 2)
