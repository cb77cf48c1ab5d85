from datetime import date
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ...common import BillingCommon


class ExceptionsCommon(BillingCommon):
    """Subscriptions of customers without an address, or with an archived product."""

    def setUp(self):
        super().setUp()
        self.items = self.env["billing.run.item"]
        self.odd = self._create_service("Odd", 30.0)
        self.exceptions = self.env.ref(
            "recurring_billing.billing_run_item_action_exceptions"
        )

    def _subscribe_homeless(self, name, price, start="2026-03-01", **vals):
        partner = self._create_customer(name, street=False, city=False)
        return self._subscribe(
            start, lines=[(self.support, 1, price)], partner_id=partner.id, **vals
        )

    def _subscribe_odd(self, name, price, start="2026-03-01", **vals):
        partner = self._create_customer(name)
        return self._subscribe(
            start, lines=[(self.odd, 1, price)], partner_id=partner.id, **vals
        )

    def _waiting(self):
        return self.items.search([("is_open", "=", True)])

    def _cause(self, code):
        return self.env["billing.exception.cause"].search([("code", "=", code)])


@tagged("post_install", "-at_install")
class TestInvoicingExceptionsList(ExceptionsCommon):
    """What the list of exceptions shows, and in which order."""

    def _read_groups(self):
        """[(cause, amount held, [subscription])] as the screen asks for them."""
        read = self.items.web_read_group(
            [("is_open", "=", True)],
            ["cause_id"],
            ["weight:sum", "held_amount:sum"],
            order="weight DESC, id",
            auto_unfold=True,
            unfold_read_specification={"order_id": {}},
        )
        return [
            (
                self._cause_code(group["cause_id"][0]),
                group["held_amount:sum"],
                self.env["sale.order"].browse(
                    record["order_id"] for record in group["__records"]
                ),
            )
            for group in read["groups"]
        ]

    def _cause_code(self, cause_id):
        return self.env["billing.exception.cause"].browse(cause_id).code

    def test_causes_and_items_stand_by_amount_times_age(self):
        old = self._subscribe_homeless("Old", 50.0)
        self._run_on("2026-03-01")
        dear = self._subscribe_homeless("Dear", 200.0)
        self.odd.sudo().active = False
        odd = self._subscribe_odd("Odd", 310.0)
        self._run_on("2026-03-08")
        with self._on("2026-03-08"):
            self.assertEqual(
                self._read_groups(),
                [("no_address", 250.0, old + dear), ("product_archived", 310.0, odd)],
            )
            # 50 × 8, 200 × 1 and 310 × 1.
            self.assertEqual(
                self._waiting().sorted("weight", reverse=True).mapped("weight"),
                [400.0, 310.0, 200.0],
            )
        with self._on("2026-03-18"):
            # 50 × 18 + 200 × 11 = 3,100, 310 × 11 = 3,410: the order has turned.
            self.assertEqual(
                self._read_groups(),
                [("product_archived", 310.0, odd), ("no_address", 250.0, dear + old)],
            )

    def test_age_is_counted_in_days_and_sorts(self):
        first = self._subscribe_homeless("First", 50.0)
        self._run_on("2026-03-01")
        second = self._subscribe_homeless("Second", 50.0)
        self._run_on("2026-03-05")
        with self._on("2026-03-09"):
            items = self.items.search([("is_open", "=", True)], order="age desc")
            self.assertEqual(items.order_id.ids, [first.id, second.id])
            self.assertEqual(items.mapped("age"), [8, 4])

    def test_item_tells_what_it_holds(self):
        self.odd.sudo().active = False
        order = self._subscribe_odd("Odd", 30.0)
        self._run_on("2026-04-02")
        item = order.billing_open_item_id
        self.assertEqual((item.held_amount, item.held_periods), (60.0, 2))
        self.assertEqual(item.held_text, "03/01/2026 – 04/30/2026")
        self.assertEqual(item.currency_id, order.currency_id)

    def test_more_periods_than_a_run_bills_are_held_with_their_amount(self):
        plan = self.plan_monthly.sudo().copy({"name": "Two", "catch_up_limit": 2})
        order = self._subscribe("2026-01-01", plan=plan)
        self._run_on("2026-03-01")
        item = order.billing_open_item_id
        self.assertEqual(item.code, "catch_up_limit")
        self.assertEqual((item.held_amount, item.held_periods), (300.0, 3))

    def test_amount_in_another_currency_ranks_in_the_company_s(self):
        currency = (
            self.env["res.currency"].sudo().create({"name": "ZZZ", "symbol": "Z"})
        )
        currency.rate_ids.create(
            {
                "name": "2026-01-01",
                "rate": 4.0,
                "currency_id": currency.id,
                "company_id": self.company.id,
            }
        )
        prices = (
            self.env["product.pricelist"]
            .sudo()
            .create({"name": "Z", "currency_id": currency.id})
        )
        order = self._subscribe_homeless("Abroad", 100.0, pricelist_id=prices.id)
        self._run_on("2026-03-01")
        item = order.billing_open_item_id
        self.assertEqual((item.held_amount, item.held_company_amount), (100.0, 25.0))
        with self._on("2026-03-01"):
            told = self.items.get_billing_headline([("id", "in", item.ids)])
        self.assertEqual(told, "1 exception, $\N{NO-BREAK SPACE}25.00 excl. tax held.")

    def test_headline_counts_what_waits_and_what_it_holds(self):
        self._subscribe_homeless("One", 1000.0)
        self._subscribe_homeless("Two", 234.5)
        self._run_on("2026-03-01")
        self.assertEqual(
            self.items.get_billing_headline([("is_open", "=", True)]),
            "2 exceptions, $\N{NO-BREAK SPACE}1,234.50 excl. tax held.",
        )
        self.assertEqual(self.items.get_billing_headline([("id", "=", 0)]), "")

    def test_empty_list_counts_the_invoices_since_the_last_exception(self):
        order = self._subscribe_homeless("Homeless", 50.0)
        self._run_on("2026-03-01")
        self.assertNotIn("since the last exception", self._read_help())
        order.partner_id.sudo().city = "Rennes"
        self._run_on("2026-03-02")
        self.assertIn("1 invoice since the last exception.", self._read_help())
        self._run_on("2026-04-01")
        self.assertIn("2 invoices since the last exception.", self._read_help())

    def _read_help(self):
        self.env.invalidate_all()
        # As the screen loads it: users have no right on actions themselves.
        actions = self.env["ir.actions.actions"]
        return actions._for_xml_id(self.exceptions.xml_id)["help"]

    def test_cause_says_what_it_is_and_what_to_do(self):
        self.assertEqual(
            self._cause("no_address").display_name,
            "Billing address missing · Complete the customer's address.",
        )

    def test_every_code_has_a_cause_with_its_remedy(self):
        causes = self.env["billing.exception.cause"].search([])
        codes = [code for code, _name in self.items._fields["code"].selection]
        self.assertEqual(sorted(causes.mapped("code")), sorted(codes))
        self.assertTrue(all(causes.mapped("remedy")))

    def test_cause_of_another_module_takes_the_items_of_its_code(self):
        order = self._subscribe_homeless("Homeless", 50.0)
        self._run_on("2026-03-01")
        item = order.billing_open_item_id
        cause = self._cause("no_address").sudo()
        remedy = cause.remedy
        cause.unlink()
        self.assertFalse(item.cause_id)
        again = cause.create({"code": "no_address", "remedy": remedy})
        self.assertEqual(item.cause_id, again)

    def test_run_of_many_exceptions_asks_no_more_questions_for_each(self):
        """Checks are done once a batch: customers without a tax cost the same."""
        position = (
            self.env["account.fiscal.position"].sudo().create({"name": "Same for all"})
        )
        few, many = (
            self.env["sale.order"].union(
                *(
                    self._subscribe(
                        "2026-03-01",
                        partner_id=self._create_customer(f"{count}/{n}").id,
                        fiscal_position_id=position.id,
                    )
                    for n in range(count)
                )
            )
            for count in (4, 12)
        )
        self.assertEqual(self._count_check_queries(few), 0)
        self.assertEqual(self._count_check_queries(many), 0)

    def _count_check_queries(self, orders):
        """Queries of the checks on a batch, beyond those of its first item."""
        service = type(self.env["billing.invoicing"])
        check, counts = service._check_bill, []

        def counted(self, bill, as_of):
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            check(self, bill, as_of)
            counts.append(self.env.cr.sql_log_count - before)

        with self._on("2026-03-01"), patch.object(service, "_check_bill", counted):
            self.env["billing.run"]._plan_run(orders)._execute_at_once()
        self.assertEqual(len(counts), len(orders))
        return sum(counts[1:])


@tagged("post_install", "-at_install")
class TestInvoicingExceptionsCare(ExceptionsCommon):
    """Who looks after an exception, and how it is mended."""

    NOTE = "They move in April."

    def setUp(self):
        super().setUp()
        self.salesman = new_test_user(
            self.env(su=True),
            login="seller",
            groups="sales_team.group_sale_salesman",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        self.order = self._subscribe_homeless("Le Goff", 50.0, user_id=self.salesman.id)
        self.partner = self.order.partner_id.sudo()

    def _item(self):
        return self.items._get_open_items(self.order)[self.order.id]

    # === The owner === #

    def test_owner_is_the_salesperson_until_somebody_else_takes_it(self):
        self._run_on("2026-03-01")
        self.assertEqual(self._item().user_id, self.salesman)
        self._item().user_id = self.user
        self._run_on("2026-03-02")
        self.assertEqual(self._item().user_id, self.user)
        self.assertEqual(self._item().attempts, 2)

    def test_the_one_activity_goes_with_the_owner(self):
        self._run_on("2026-03-01")
        self.assertEqual(self.order.activity_ids.user_id, self.salesman)
        self._item().user_id = self.user
        self.assertEqual(self.order.activity_ids.user_id, self.user)
        self._run_on("2026-03-02")
        self.assertEqual(len(self.order.activity_ids), 1)
        self.assertEqual(self.order.activity_ids.user_id, self.user)
        self.partner.city = "Rennes"
        self._run_on("2026-03-03")
        self.assertFalse(self.order.activity_ids)

    def test_notes_and_activities_go_on_from_night_to_night(self):
        self._run_on("2026-03-01")
        first = self._item()
        first.message_post(body=self.NOTE)
        first.activity_schedule(
            "mail.mail_activity_data_call", date(2026, 3, 9), user_id=self.user.id
        )
        self._run_on("2026-03-02")
        second = self._item()
        self.assertNotEqual(first, second)
        self.assertIn(self.NOTE, second.message_ids[0].body)
        self.assertEqual(second.activity_ids.user_id, self.user)
        self.assertFalse(first.message_ids)
        self.assertFalse(first.activity_ids)
        self.partner.city = "Rennes"
        self._run_on("2026-03-03")
        self.assertTrue(second.solved_at)
        self.assertFalse(second.activity_ids)
        self.assertEqual(len(second.message_ids), 1)

    def test_nights_leave_no_notes(self):
        for day in ("2026-03-01", "2026-03-02", "2026-03-03"):
            self._run_on(day)
        self.assertFalse(self._item().message_ids)
        self.assertEqual(self._item().message_partner_ids.ids, [])

    # === Retry === #

    def test_all_of_a_cause_are_retried_and_no_others(self):
        other = self._subscribe_homeless("Other", 60.0)
        self.odd.sudo().active = False
        odd = self._subscribe_odd("Odd", 30.0)
        self._run_on("2026-03-01")
        before = odd.billing_open_item_id
        (self.order | other).partner_id.sudo().city = "Rennes"
        with self._on("2026-03-02"):
            answer = self._cause("no_address").action_retry()
        self.assertEqual(answer["params"]["message"], "2 exceptions are settled.")
        self.assertEqual(len(self._invoices(self.order | other)), 2)
        self.assertEqual(odd.billing_open_item_id, before)

    def test_retry_of_a_selection_tells_how_many_still_wait(self):
        other = self._subscribe_homeless("Other", 60.0)
        third = self._subscribe_homeless("Third", 70.0)
        self._run_on("2026-03-01")
        self.partner.city = "Rennes"
        with self._on("2026-03-02"):
            answer = self._waiting().action_retry()["params"]
        self.assertEqual(answer["type"], "warning")
        self.assertEqual(answer["message"], "1 settled, 2 still wait.")
        self.assertEqual(self._waiting().order_id, other | third)

    def test_exception_of_a_run_to_come_is_retried_as_of_that_date(self):
        with self._on("2026-02-20"):
            runs = self.env["billing.run"]
            runs._plan_run(
                self.order, origin="manual", run_date=self._day("2026-03-01")
            )._execute_at_once()
            item = self._item()
            self.assertEqual((item.code, item.held_amount), ("no_address", 50.0))
            self.partner.city = "Rennes"
            item.action_retry()
        self.assertFalse(item.is_open)
        self.assertEqual(str(self._invoices(self.order).invoice_date), "2026-03-01")

    def test_form_goes_on_with_the_new_try(self):
        self._run_on("2026-03-01")
        item = self._item()
        with self._on("2026-03-02"):
            answer = item.with_context(billing_exception_form=True).action_retry()
        self.assertNotEqual(self._item(), item)
        self.assertEqual(answer["params"]["next"]["res_id"], self._item().id)
        self.assertIn("Le Goff", answer["params"]["message"])

    def test_mended_on_one_screen_is_settled_by_the_next_run(self):
        self._run_on("2026-03-01")
        item = self._item()
        action = item.action_open_culprit()
        self.assertEqual(
            (action["res_model"], action["res_id"]), ("res.partner", self.partner.id)
        )
        self.env[action["res_model"]].browse(action["res_id"]).sudo().city = "Rennes"
        run = self._run_on("2026-03-02")
        self.assertEqual(run.state, "done")
        self.assertFalse(item.is_open)

    # === Rights === #

    def test_user_gives_an_owner_and_writes_nothing_else(self):
        self._run_on("2026-03-01")
        self._item().user_id = self.user
        for vals in ({"state": "done"}, {"is_open": False}, {"held_amount": 0.0}):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                self._item().write(vals)
        with self.assertRaises(AccessError):
            self._item().with_user(self.salesman).user_id = self.salesman

    def test_salesperson_may_not_bill_by_retrying(self):
        self._run_on("2026-03-01")
        self.partner.city = "Rennes"
        item = self._item()
        with self._on("2026-03-02"), self.assertRaises(AccessError):
            item.with_user(self.salesman).action_retry()
        self.assertTrue(item.is_open)

    def test_trace_is_for_managers(self):
        self._run_on("2026-03-01")
        with self.assertRaises(AccessError):
            self._item().read(["trace"])
        manager = new_test_user(
            self.env(su=True),
            login="chief",
            groups="recurring_billing.recurring_billing_group_manager",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        self.assertFalse(self._item().with_user(manager).trace)

    def test_stranger_sees_no_exception_and_retries_none(self):
        self._run_on("2026-03-01")
        stranger = self._create_stranger()
        items = self.items.with_user(stranger)
        self.assertFalse(items.search([]))
        self.assertEqual(items.get_billing_headline([]), "")
        with self.assertRaises(AccessError):
            self._item().with_user(stranger).read(["message"])
        with self.assertRaisesRegex(Exception, "Nothing here is waiting"):
            self._cause("no_address").with_user(stranger).action_retry()
        self.assertTrue(self._item())
