import random
from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .test_invoicing_intake import IntakeCommon

TODAY = "2026-11-24"
RHYTHMS = (
    "daily",
    "weekly",
    "monthly",
    "monthlylastday",
    "quarterly",
    "semesterly",
    "yearly",
)
RECURRENCE = (
    "recurring_rule_type",
    "recurring_interval",
    "recurring_invoicing_type",
    "date_start",
)


class MigrationCommon(IntakeCommon):
    """Contracts of the OCA module, with its own code for what it would invoice."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bare = cls._create_service("Services", 0.0)
        cls.seed = random.Random(4)

    def _contract(self, name, lines=None, customer=None, history=True, **vals):
        """A contract as it stands today, after all invoices of its past.

        :param lines: dicts of values; a line of 100.00 a month by default.
        :param history: whether the past was invoiced.
        """
        partner = customer or self._create_customer(f"Customer of {name}")
        # Its form gives them to new lines; creating them in code does not.
        shared = {name: vals[name] for name in RECURRENCE if name in vals}
        with self._on(TODAY):
            # The contracts are kept by others than the one who takes them over.
            contract = (
                self.env["contract.contract"]
                .sudo()
                .create(
                    {
                        "name": name,
                        "code": name,
                        "partner_id": partner.id,
                        "invoice_partner_id": partner.id,
                        "payment_term_id": partner.property_payment_term_id.id,
                        "contract_line_ids": [
                            Command.create(
                                {
                                    "name": "Support",
                                    "product_id": self.support.id,
                                    "price_unit": 100,
                                    **shared,
                                    **line,
                                }
                            )
                            for line in lines or [{}]
                        ],
                        **vals,
                    }
                )
            )
            today = fields.Date.to_date(TODAY)
            while history and (contract.recurring_next_date or today) < today:
                # Its own method: counts the period as invoiced, makes no invoice.
                if not contract._prepare_recurring_invoices_values():
                    break
                contract._compute_recurring_next_date()
        return contract

    def _get_old_invoices(self, contract, count):
        """What the old module's own code would invoice next, then undone."""
        savepoint = self.env.cr.savepoint()
        contract, told = contract.sudo(), []
        with self._on(TODAY):
            for _number in range(count):
                periods = {
                    line.id: (line.next_period_date_start, line.next_period_date_end)
                    for line in contract.contract_line_ids
                }
                move = contract._recurring_create_invoice()
                if move:
                    lines = [
                        (*periods[line.contract_line_id.id], *self._get_terms(line))
                        for line in move.invoice_line_ids
                    ]
                    told.append(self._get_facts(move, lines))
        savepoint.close(rollback=True)
        self.env.invalidate_all()
        return told

    def _get_our_invoices(self, order):
        entries = self.env["billing.entry"].search(
            [("order_id", "=", order.id), ("kind", "!=", "opening")], order="id"
        )
        told = []
        for move in entries.move_id.sorted(lambda move: (move.invoice_date, move.id)):
            mine = entries.filtered(lambda entry, move=move: entry.move_id == move)
            lines = [
                (e.period_start, e.period_end, *self._get_terms(e.move_line_id))
                for e in mine
            ]
            told.append(self._get_facts(move, lines))
        return told

    def _get_terms(self, line):
        return (line.quantity, line.price_unit, line.discount, line.price_subtotal)

    def _get_facts(self, move, lines):
        return {
            "date": str(move.invoice_date),
            "due": str(move.invoice_date_due),
            "customer": move.partner_id,
            "journal": move.journal_id,
            "currency": move.currency_id,
            "reference": move.ref,
            "position": move.fiscal_position_id,
            "untaxed": move.amount_untaxed,
            "total": move.amount_total,
            "lines": sorted(lines),
        }

    def _stage(self, contracts, **options):
        with self._on(TODAY):
            found = self.env["contract.contract"].browse(contracts.ids)
            return self.Intake._stage_contracts(found, self.bare, **options)

    def _assert_goes_on(self, contracts, count=2):
        """Staged, taken over and run, the contracts are invoiced as before."""
        expected = {c.id: self._get_old_invoices(c, count) for c in contracts}
        staged = self._stage(contracts)
        for intake in staged:
            self.assertEqual(
                (intake.state, intake.message, intake.is_different),
                ("ready", False, False),
                intake.reference,
            )
        self._take_over_all(staged)
        for intake in staged:
            with self.subTest(intake.reference):
                told = expected[intake.source_ref]
                for facts in told:
                    with self._on(max(facts["date"], TODAY)):
                        intake.order_id.action_billing_invoice_now()
                self.assertEqual(self._get_our_invoices(intake.order_id), told)
        return staged

    def _take_over_all(self, staged):
        with self._on(TODAY):
            staged.is_read = True
            staged._take_over()
        self.assertEqual(
            set(staged.mapped("state")), {"taken_over"}, staged.mapped("message")
        )


@tagged("post_install", "-at_install", "billing_contract")
class TestInvoicingMigration(MigrationCommon):
    """A contract of the OCA module goes on as a subscription, to the cent."""

    # === A hundred of them === #

    def test_a_hundred_contracts_are_invoiced_as_the_old_module_would(self):
        contracts = self.env["contract.contract"]
        for number in range(100):
            contracts |= self._contract(f"CT{number:03}", **self._draw(number))
        staged = self._assert_goes_on(contracts)
        self.assertEqual(len(staged.order_id), 100)
        # The old module has nothing left to do.
        with self._on(TODAY):
            self.env["contract.contract"].sudo()._cron_recurring_create("2030-01-01")
        self.assertFalse(
            self.env["account.move.line"].search_count(
                [("contract_line_id", "!=", False)]
            )
        )

    def _draw(self, number):
        """The values of a contract: each rhythm, both timings, whole and cut ends."""
        draw = self.seed
        rhythm = RHYTHMS[number % len(RHYTHMS)]
        start = fields.Date.to_date("2025-01-01") + timedelta(draw.randrange(700))
        start = start.replace(day=min(start.day, 28))
        interval = draw.randint(5, 30) if rhythm == "daily" else draw.randint(1, 3)
        timing = draw.choice(("pre-paid", "post-paid"))
        by_line = number % 3 > 0
        lines = [
            self._draw_line(start, rhythm, interval, timing, by_line)
            for _count in range(draw.randint(1, 3))
        ]
        recurrence = {
            "recurring_rule_type": rhythm,
            "recurring_interval": interval,
            "recurring_invoicing_type": timing,
            "date_start": start,
        }
        return {"lines": lines, "line_recurrence": by_line, **recurrence}

    def _draw_line(self, start, rhythm, interval, timing, by_line):
        draw = self.seed
        line = {
            "product_id": draw.choice((self.support, self.licence)).id,
            "quantity": draw.choice((1, 2, 7, 0.25, 12.5)),
            "price_unit": draw.randint(100, 99999) / 100,
            "discount": draw.choice((0, 0, 10, 12.5)),
        }
        if draw.random() < 0.2:
            line |= {"product_id": False, "name": "As agreed"}
        if by_line and draw.random() < 0.5:
            # The old module itself stumbles over the end of a line elsewhere.
            line["date_end"] = fields.Date.to_date(TODAY) + timedelta(
                draw.randrange(30, 600)
            )
        if by_line:
            rhythm = draw.choice((rhythm, "monthly"))
            line |= {
                "recurring_rule_type": rhythm,
                "recurring_interval": interval,
                "recurring_invoicing_type": timing,
                "date_start": start,
            }
        return line

    # === One by one === #

    def test_days_that_drifted_stay_where_they_are(self):
        self._assert_goes_on(
            self._contract("Drift", date_start="2026-01-31", line_recurrence=False)
        )

    def test_a_last_period_that_is_cut_is_charged_in_full(self):
        staged = self._assert_goes_on(
            self._contract("Cut", [{"date_end": "2027-01-10"}], date_start="2026-01-01")
        )
        order = staged.order_id
        self._run_on("2027-01-01")
        self.assertEqual(
            self._bills(order)[-1], ("2027-01-01", "2027-01-01", "2027-01-10", 100)
        )
        self.assertEqual(str(order.billing_end_date), "2027-01-10")

    def test_lines_of_one_contract_that_stand_at_different_dates(self):
        lines = [
            {"date_start": "2026-01-05", "recurring_rule_type": "monthly"},
            {"date_start": "2025-03-01", "recurring_rule_type": "yearly"},
            {
                "date_start": "2026-02-10",
                "recurring_rule_type": "monthlylastday",
                "recurring_invoicing_type": "post-paid",
            },
        ]
        self._assert_goes_on(
            self._contract("Mixed", lines, line_recurrence=True), count=4
        )

    def test_a_new_contract_starts_with_its_first_day(self):
        self._assert_goes_on(
            self._contract("New", date_start="2026-12-05", line_recurrence=False)
        )

    def test_a_first_period_up_to_the_end_of_the_month_is_charged_in_full(self):
        self._assert_goes_on(
            self._contract(
                "Stub",
                date_start="2026-11-12",
                recurring_rule_type="monthlylastday",
                recurring_invoicing_type="post-paid",
            )
        )

    def test_a_foreign_currency_stays(self):
        currency = self._activate("CHF")
        staged = self._assert_goes_on(
            self._contract(
                "Swiss", manual_currency_id=currency.id, date_start="2026-01-01"
            )
        )
        self.assertEqual(staged.order_id.currency_id, currency)

    def _activate(self, code):
        currency = (
            self.env["res.currency"]
            .sudo()
            .search([("name", "=", code), ("active", "in", (True, False))])
        )
        currency.active = True
        currency.rate_ids = [Command.create({"name": "2026-01-01", "rate": 0.9})]
        return currency

    def test_an_own_journal_and_invoice_address_stay(self):
        company = self._create_customer("Groupe Armor")
        contact = self._create_customer(
            "Armor, accounts", parent_id=company.id, type="invoice"
        )
        journal = (
            self.env["account.journal"]
            .sudo()
            .create({"name": "Contracts", "code": "CTR", "type": "sale"})
        )
        self._assert_goes_on(
            self._contract(
                "Armor",
                customer=company,
                invoice_partner_id=contact.id,
                journal_id=journal.id,
                date_start="2026-01-01",
            )
        )

    def test_two_contracts_of_a_customer_stay_two_invoices(self):
        contracts = self._contract("One", customer=self.customer)
        contracts |= self._contract("Two", customer=self.customer)
        self._assert_goes_on(contracts)

    # === What differs is said === #

    def test_a_moved_next_date_is_kept_and_the_days_before_it_are_told(self):
        contract = self._contract(
            "Moved", date_start="2026-01-10", line_recurrence=True
        )
        with self._on(TODAY):
            contract.contract_line_ids.recurring_next_date = "2027-01-01"
        staged = self._stage(contract)
        self.assertEqual(str(staged.next_date), "2027-01-01")
        self.assertTrue(staged.is_different)
        self.assertIn(
            "The old invoice would pay from 12/10/2026 to 01/31/2027, this one from "
            "01/01/2027 to 01/31/2027.",
            staged.message,
        )

    def test_prices_of_a_pricelist_become_fixed_and_this_is_told(self):
        pricelist = self.env["product.pricelist"].sudo().create({"name": "List"})
        contract = self._contract(
            "Auto", [{"automatic_price": True}], pricelist_id=pricelist.id
        )
        staged = self._stage(contract)
        self.assertIn("takes prices from the pricelist", staged.message)
        self.assertEqual(staged.line_ids.price_unit, 100)

    def test_marks_for_dates_leave_the_description(self):
        contract = self._contract(
            "Marks", [{"name": "Support\nPeriod (#START# - #END#)"}]
        )
        staged = self._stage(contract)
        self.assertEqual(staged.line_ids.name, "Support\nPeriod")
        self.assertIn("Marks for dates", staged.message)

    # === What cannot go on is refused === #

    def test_a_supplier_contract_is_refused(self):
        staged = self._stage(self._contract("Buy", contract_type="purchase"))
        self.assertEqual(staged.state, "refused")
        self.assertIn("is a supplier's", staged.message)

    def test_a_contract_that_is_over_is_refused(self):
        contract = self._contract(
            "Over",
            [{"date_end": "2026-06-30"}],
            date_start="2026-01-01",
            line_recurrence=True,
        )
        staged = self._stage(contract)
        self.assertEqual(staged.state, "refused")

    def test_a_line_without_product_needs_one(self):
        contract = self._contract("Bare", [{"product_id": False}])
        with self._on(TODAY):
            found = self.env["contract.contract"].browse(contract.id)
            staged = self.Intake._stage_contracts(found)
        self.assertIn("choose a product", staged.message)

    def test_a_period_that_fits_no_rhythm_is_refused(self):
        contract = self._contract(
            "Odd",
            recurring_rule_type="weekly",
            recurring_invoicing_type="post-paid",
            date_start="2026-11-20",
            line_recurrence=True,
        )
        with self._on(TODAY):
            contract.contract_line_ids.recurring_next_date = "2026-11-24"
        staged = self._stage(contract)
        self.assertIn("no rhythm here has a period", staged.message)

    def test_a_contract_invoiced_meanwhile_is_refused(self):
        contract = self._contract("Late", date_start="2026-01-01")
        staged = self._stage(contract)
        with self._on(TODAY):
            contract._prepare_recurring_invoices_values()
            staged._take_over()
        self.assertEqual(staged.state, "refused")
        self.assertIn("invoiced or changed since it was read", staged.message)
        self.assertTrue(contract.active)

    # === The act === #

    def test_the_old_contract_is_archived_and_says_where_it_went(self):
        contract = self._contract("A")
        staged = self._stage(contract)
        self._take_over_all(staged)
        self.assertFalse(contract.active)
        order = staged.order_id
        self.assertIn(order.name, contract.message_ids[0].body)
        self.assertIn(
            f'data-oe-model="contract.contract" data-oe-id="{contract.id}">A</a>.',
            order.message_ids[0].body,
        )

    def test_a_contract_is_taken_over_once(self):
        contract = self._contract("A")
        self._take_over_all(self._stage(contract))
        self.assertFalse(self.Intake._find_contracts())
        with self._on(TODAY):
            contract.active = True
        again = self._stage(contract)
        self.assertIn("was taken over already", again.message)

    def test_contracts_of_one_rhythm_share_a_plan(self):
        contracts = self._contract("A", date_start="2026-01-05")
        contracts |= self._contract("B", date_start="2026-02-17")
        staged = self._stage(contracts, posting="draft")
        self.assertEqual(len(staged.plan_id), 1)
        self.assertEqual(staged.plan_id.name, "Per month in advance")
        self.assertEqual(staged.plan_id.posting, "draft")

    def test_the_dialog_counts_and_reads_the_contracts(self):
        self._contract("A")
        self._contract("B", [{"product_id": False, "name": "As agreed"}])
        with self._on(TODAY):
            dialog = self.env["billing.intake.contract"].create(
                {"product_id": self.bare.id}
            )
            self.assertEqual(
                dialog.sentence,
                "Contracts: 2. Lines: 2, without product: 1. Nothing changes before "
                "you take them over.",
            )
            action = dialog.action_read()
        staged = self.Intake.search(action["domain"])
        self.assertEqual(staged.mapped("state"), ["ready", "ready"])
        menus = self.env["ir.ui.menu"]._load_menus_blacklist()
        menu = self.env.ref("recurring_billing.billing_intake_contract_menu")
        self.assertNotIn(menu.id, menus)


@tagged("post_install", "-at_install")
class TestInvoicingMigrationAbsent(IntakeCommon):
    """Without the other module there is nothing to read, and no menu."""

    def test_the_menu_is_hidden(self):
        menus = self.env["ir.ui.menu"]._load_menus_blacklist()
        menu = self.env.ref("recurring_billing.billing_intake_contract_menu")
        self.assertIn(menu.id, menus)

    def test_the_dialog_says_that_the_module_is_missing(self):
        dialog = self.env["billing.intake.contract"].create({})
        with self.assertRaisesRegex(UserError, "is not installed"):
            dialog.action_read()
