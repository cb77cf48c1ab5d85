from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from types import FunctionType
from unittest.mock import patch

import psycopg2

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...common import BillingCommon

DAY = "2026-03-01"


@dataclass
class Case:
    """A subscription that cannot be billed.

    :param named: the record that the message must name.
    :param culprit: the record that the button must open.
    :param mend: what a person does about it.
    """

    order: object
    named: str
    culprit: object
    mend: Callable


@tagged("post_install", "-at_install")
class TestInvoicingExceptionsCauses(BillingCommon):
    """One run of fifty subscriptions in which each cause is met once."""

    def setUp(self):
        super().setUp()
        # Records that accountants and administrators keep.
        self.admin = self.env(su=True)
        self.books = self.company_data
        self.hour = self._create_service("Hour", 100.0, taxes_id=[Command.clear()])
        self.patches = self.enterContext(ExitStack())

    def _subscribe_as(self, name, product=None, *, customer=None, **vals):
        """A subscription of a customer of that name, due on the day of the run."""
        partner = self._create_customer(f"{name} SA", **(customer or {}))
        start = vals.pop("start", DAY)
        price = vals.pop("price", 100.0)
        lines = [(product or self.hour, 1, price)]
        return self._subscribe(start, lines=lines, partner_id=partner.id, **vals)

    def _create_odd(self, name, **vals):
        return self._create_service(name, 100.0, **{"taxes_id": [], **vals})

    def _create_account(self, name, **vals):
        return self.admin["account.account"].create(
            {
                "name": name,
                "code": f"X{name.upper()}",
                "account_type": "income",
                "company_ids": [Command.set(self.company.ids)],
                **vals,
            }
        )

    # === The customer === #

    def _meet_no_address(self):
        order = self._subscribe_as("Nowhere")
        partner = order.partner_id.sudo()
        partner.write({"street": False, "city": False})
        return Case(
            order, "Nowhere SA", partner, lambda: partner.write({"city": "Rennes"})
        )

    def _meet_partner_archived(self):
        order = self._subscribe_as("Gone")
        partner = order.partner_id.sudo()
        partner.active = False
        return Case(order, "Gone SA", partner, partner.action_unarchive)

    def _meet_tax_number_missing(self):
        position = self.admin["account.fiscal.position"].create(
            {"name": "Intra-community", "vat_required": True}
        )
        order = self._subscribe_as("Foreign", fiscal_position_id=position.id)
        partner = order.partner_id.sudo()
        return Case(
            order,
            "Foreign SA",
            partner,
            lambda: partner.write({"vat": "FR23334175221"}),
        )

    # === The currency === #

    def _subscribe_in(self, code, rate_day):
        currency = self.admin["res.currency"].create({"name": code, "symbol": code})
        rate = currency.rate_ids.create(
            {
                "name": rate_day,
                "rate": 2.0,
                "currency_id": currency.id,
                "company_id": self.company.id,
            }
        )
        prices = self.admin["product.pricelist"].create(
            {"name": code, "currency_id": currency.id}
        )
        return currency, rate, self._subscribe_as(code, pricelist_id=prices.id)

    def _meet_currency_inactive(self):
        currency, _rate, order = self._subscribe_in("ZZI", "2026-01-01")
        currency.active = False
        return Case(order, "ZZI", currency, currency.action_unarchive)

    def _meet_rate_missing(self):
        currency, rate, order = self._subscribe_in("ZZM", "2026-04-01")
        return Case(order, "ZZM", currency, lambda: rate.write({"name": "2026-02-01"}))

    # === Product, accounts, taxes === #

    def _meet_product_archived(self):
        product = self._create_odd("Old product").sudo()
        order = self._subscribe_as("Old", product)
        product.active = False
        return Case(order, "Old product", product, product.action_unarchive)

    def _meet_account_missing(self):
        # The company's own account is the last one that core looks at.
        self.hour.sudo().property_account_income_id = self.books[
            "default_account_revenue"
        ]
        self.company.sudo().income_account_id = False
        journal = self.admin["account.journal"].create(
            {"name": "Bare", "type": "sale", "code": "BARE"}
        )
        journal.default_account_id = False
        category = self.admin["product.category"].create({"name": "Bare"})
        category.property_account_income_categ_id = False
        product = self._create_odd("Bare product", categ_id=category.id).sudo()
        order = self._subscribe_as("Bare", product, journal_id=journal.id)
        return Case(
            order,
            "Bare product",
            product,
            lambda: product.write(
                {"property_account_income_id": self._create_account("bare").id}
            ),
        )

    def _meet_account_archived(self):
        account = self._create_account("closed")
        product = self._create_odd(
            "Odd account", property_account_income_id=account.id
        ).sudo()
        order = self._subscribe_as("Account", product)
        account.active = False
        return Case(order, "Odd account", product, account.action_unarchive)

    def _meet_position_account(self):
        source, target = self._create_account("source"), self._create_account("target")
        position = self.admin["account.fiscal.position"].create(
            {
                "name": "Export",
                "account_ids": [
                    Command.create(
                        {"account_src_id": source.id, "account_dest_id": target.id}
                    )
                ],
            }
        )
        product = self._create_odd("Exported", property_account_income_id=source.id)
        order = self._subscribe_as("Export", product, fiscal_position_id=position.id)
        target.active = False
        return Case(order, "Export", position, target.action_unarchive)

    def _meet_tax_inactive(self):
        tax = self.tax.sudo().copy({"name": "Abolished"})
        # At home: no fiscal position puts another tax in its place.
        order = self._subscribe_as(
            "Taxed",
            self._create_odd("T", taxes_id=tax.ids),
            customer={"country_id": self.company.country_id.id},
        )
        tax.active = False
        line = order.order_line
        return Case(order, "Abolished", tax, lambda: line.write({"tax_ids": False}))

    def _meet_tax_missing(self):
        order = self._subscribe_as("Electronic", self._create_odd("Untaxed"))
        partner = order.partner_id.sudo().with_company(self.company)
        partner.invoice_edi_format = "xrechnung"
        zero = self.tax.sudo().copy({"name": "Zero", "amount": 0.0})
        line = order.order_line
        return Case(order, "Untaxed", order, lambda: line.write({"tax_ids": zero.ids}))

    # === The books === #

    def _meet_journal_closed(self):
        journal = self.admin["account.journal"].create(
            {"name": "Closed", "type": "sale", "code": "SHUT"}
        )
        order = self._subscribe_as("Journal", journal_id=journal.id)
        journal.active = False
        return Case(order, "Closed", journal, journal.action_unarchive)

    def _meet_period_locked(self):
        # A lock of taxes concerns only who pays some.
        zero = self.tax.sudo().copy({"name": "Zero, reported", "amount": 0.0})
        order = self._subscribe_as("Locked", self._create_odd("L", taxes_id=zero.ids))
        company = self.company.sudo()
        company.tax_lock_date = "2026-03-31"
        return Case(
            order, order.name, company, lambda: company.write({"tax_lock_date": False})
        )

    def _meet_credit_without_invoice(self):
        order = self._subscribe_as("Negative", price=-100.0)
        line = order.order_line

        def mend():
            line._billing_add_version(self._day(DAY), price_unit=100.0)

        return Case(order, order.name, order, mend)

    # === The subscription === #

    def _meet_catch_up_limit(self):
        plan = self.plan_monthly.sudo().copy({"name": "Two", "catch_up_limit": 2})
        order = self._subscribe_as("Late", start="2026-01-01", plan=plan)
        return Case(order, order.name, plan, lambda: plan.write({"catch_up_limit": 12}))

    def _meet_invalid_terms(self):
        order = self._subscribe_as("Terms")

        def move_first_version(days):
            self.env.flush_all()
            self.cr.execute(
                "UPDATE billing_line_version SET start_date = start_date + %s"
                " WHERE sale_line_id = %s",
                [days, order.order_line.id],
            )
            self.env.invalidate_all()

        move_first_version(1)
        return Case(order, order.name, order, lambda: move_first_version(-1))

    # === Other modules === #

    def _break(self, product, act):
        """Let another module act on the values of the product's invoice line."""
        lines = type(self.env["sale.order.line"])
        original = lines._prepare_invoice_line

        def broken(line, *args, **kwargs):
            vals = original(line, *args, **kwargs)
            return act(vals) if line.product_id == product else vals

        broken_by = patch.object(lines, "_prepare_invoice_line", broken)
        self.patches.enter_context(broken_by)
        return self._subscribe_as(product.name, product)

    def _meet_document_differs(self):
        order = self._break(self._create_odd("Cent"), _one_cent_more)
        return Case(order, order.name, order, self.patches.close)

    def _meet_refused(self):
        order = self._break(self._create_odd("Stamp"), _refuse)
        return Case(order, order.name, order, self.patches.close)

    def _meet_unexpected(self):
        order = self._break(self._create_odd("Zero"), _fail)
        return Case(order, order.name, order, self.patches.close)

    def _meet_database_refused(self):
        product = self._create_odd("Cursed")
        self.env.flush_all()
        self.cr.execute(
            "ALTER TABLE account_move_line ADD CONSTRAINT stamp_has_number"
            " CHECK (product_id IS DISTINCT FROM %s)",
            [product.id],
        )
        self.admin["ir.model.constraint"].create(
            {
                "name": "stamp_has_number",
                "model": self.env["ir.model"]._get_id("account.move.line"),
                "module": self.env.ref("base.module_sale").id,
                "type": "u",
            }
        )
        order = self._subscribe_as("Cursed", product)

        def mend():
            self.env.flush_all()
            self.cr.execute(
                "ALTER TABLE account_move_line DROP CONSTRAINT stamp_has_number"
            )

        named = "stamp_has_number of Journal Item, of the module Sales"
        return Case(order, named, order, mend)

    def _lose_a_race_once(self):
        """The first attempt to post loses against another transaction."""
        moves = type(self.env["account.move"])
        original, lost = moves._post, []

        def post(records, soft=True):
            if not lost:
                lost.append(records)
                raise psycopg2.errors.SerializationFailure
            return original(records, soft=soft)

        self.patches.enter_context(patch.object(moves, "_post", post))
        return lost

    # === Words === #

    def test_column_that_may_not_be_empty_is_named(self):
        order = self._subscribe_as("Empty")
        self.env.flush_all()
        self.cr.execute(
            "ALTER TABLE account_move ALTER COLUMN incoterm_location SET NOT NULL"
        )
        with mute_logger("odoo.sql_db"):
            self._run_on(DAY)
        item = order.billing_open_item_id
        self.assertEqual(item.code, "database_refused")
        self.assertIn("incoterm_location of Journal Entry.", item.message)
        self.assertIn("NotNullViolation", item.sudo().trace)

    def test_module_of_somebody_else_in_which_it_fails_is_named(self):
        self.env.ref("base.module_sale").sudo().write(
            {"author": "Stamps Ltd", "shortdesc": "Stamp"}
        )
        # Code of that module, as a traceback tells it.
        fail = FunctionType(_fail.__code__, {"__name__": "odoo.addons.sale.stamp"})
        order = self._break(self._create_odd("Stamp"), fail)
        self._run_on(DAY)
        self.assertIn(
            f"{order.name}: ZeroDivisionError while invoicing, in the module Stamp.",
            order.billing_open_item_id.message,
        )

    def test_core_is_not_blamed_for_what_it_hands_on(self):
        order = self._break(self._create_odd("Many"), _count_in_words)
        self._run_on(DAY)
        self.assertRegex(
            order.billing_open_item_id.message,
            rf"{order.name}: (Value|Type)Error while invoicing\. A manager",
        )

    # === The run === #

    def test_each_cause_is_named_then_all_is_mended_and_billed(self):
        # The journal items' table is changed before anything waits to be written.
        cases = {"database_refused": self._meet_database_refused()}
        cases |= {
            name.removeprefix("_meet_"): getattr(self, name)()
            for name in dir(self)
            if name.startswith("_meet_") and name != "_meet_database_refused"
        }
        healthy = [self._subscribe_as(f"Healthy {n}") for n in range(len(cases), 50)]
        orders = self.env["sale.order"].union(
            *healthy, *(case.order for case in cases.values())
        )
        self.assertEqual(len(orders), 50)
        lost = self._lose_a_race_once()
        with mute_logger("odoo.sql_db"):
            run = self._run_on(DAY)
        self.assertTrue(lost)
        self.assertEqual(set(run.item_ids.mapped("attempts")), {1})
        self.assertEqual(
            (run.state, run.invoice_count, run.parked_count),
            ("exceptions", len(healthy), len(cases)),
        )
        for code, case in cases.items():
            with self.subTest(code=code):
                self._check_case(code, case)
        for case in cases.values():
            case.mend()
        waiting = self.env["billing.run.item"].search([("is_open", "=", True)])
        with self._on(DAY):
            answer = waiting.action_retry()
        self.assertEqual(
            answer["params"]["message"], f"{len(cases)} exceptions are settled."
        )
        self.assertEqual(len(orders.filtered(lambda o: self._invoices(o))), 50)
        self.assertFalse(waiting.filtered("is_open"))

    def _check_case(self, code, case):
        """The exception names its record, the fact and the remedy, and opens it."""
        item = case.order.billing_open_item_id
        self.assertEqual(item.code, code, item.message)
        self.assertEqual(item.cause_id.code, code)
        self.assertTrue(item.cause_id.remedy)
        self.assertIn(case.named, item.message)
        self.assertEqual(item.culprit_kind, case.culprit._name)
        self.assertEqual(item._get_culprit(), case.culprit)
        self.assertEqual(item.action_open_culprit()["res_id"], case.culprit.id)
        self.assertFalse(self._invoices(case.order))


def _one_cent_more(vals):
    return {**vals, "price_unit": vals["price_unit"] + 0.01}


def _refuse(_vals):
    raise UserError("No stamp duty is set up.")  # pylint: disable=translation-required


def _count_in_words(vals):
    return {**vals, "quantity": "many"}


def _fail(_vals):
    raise ZeroDivisionError
