from contextlib import contextmanager
from datetime import datetime
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tests.common import new_test_user

from ...common import BillingCommon


class RehearsalCommon(BillingCommon):
    """Rehearsals of the billing user, on days of 2026."""

    @contextmanager
    def _on(self, day, time="04:00:00"):
        # EXTENDS the common clock: a test's transaction knows one time only.
        with super()._on(day, time):
            now = datetime.fromisoformat(f"{day} {time}")
            with patch.object(self.env.cr, "_now", now):
                yield

    def _launch(self, day, on=None, **scope):
        """The launcher's rehearsal of what is due by ``day``, made on ``on``."""
        with self._on(on or day):
            wizard = self.env["billing.run.launch"].create({"run_date": day, **scope})
            action = wizard.action_launch()
        self.env.invalidate_all()
        return self.env["billing.run"].browse(action["res_id"])

    def _approve(self, run, items=None, on=None):
        with self._on(on or str(run.run_date)):
            if items is None:
                run.action_approve_all()
            else:
                items.action_approve()
        self.env.invalidate_all()

    def _item(self, run, order):
        return run.item_ids.filtered(lambda item: item.order_id == order)

    def _found(self, run):
        """{subscription: (untaxed, total)} of the items, by what the run says."""
        return {
            item.order_id: (item.amount, item.total_amount) for item in run.item_ids
        }


@tagged("post_install", "-at_install")
class TestInvoicingRehearsal(RehearsalCommon):
    """A rehearsal says what the run then bills, and writes nothing."""

    # === Rehearsal and run agree === #

    def _subscribe_varied(self):
        """Subscriptions of many kinds, one of each, all due by 1 March 2026."""
        admin = self.env(su=True)
        included = admin["account.tax"].create(
            {
                "name": "20% incl.",
                "amount": 20,
                "price_include_override": "tax_included",
                "type_tax_use": "sale",
            }
        )
        reduced = admin["account.tax"].create({"name": "5.5%", "amount": 5.5})
        dollar = self.env.ref("base.USD")
        euro = self.env.ref("base.EUR")
        foreign = euro if self.company.currency_id == dollar else dollar
        foreign.sudo().active = True
        admin["res.currency.rate"].create(
            {"currency_id": foreign.id, "name": "2026-01-01", "rate": 1.1}
        )
        pricelist = admin["product.pricelist"].create(
            {"name": "Foreign", "currency_id": foreign.id}
        )
        gross = self._create_service(
            "Gross", 119.99, taxes_id=[Command.set(included.ids)]
        )
        low = self._create_service("Low", 33.33, taxes_id=[Command.set(reduced.ids)])
        customers = [self._create_customer(f"Customer {n}") for n in range(8)]
        orders = {
            "plain": self._subscribe("2026-02-01", partner_id=customers[0].id),
            "prorated": self._subscribe(
                "2026-02-19",
                lines=[(self.support, 3, 33.33), (low, 7, 33.33, {"discount": 12.5})],
                partner_id=customers[1].id,
            ),
            "gross": self._subscribe(
                "2026-02-10", lines=[(gross, 3, 119.99)], partner_id=customers[2].id
            ),
            "foreign": self._subscribe(
                "2026-02-01",
                lines=[(low, 2, 47.77)],
                partner_id=customers[3].id,
                pricelist_id=pricelist.id,
            ),
            "shared": self._subscribe(
                "2026-02-01", lines=[(low, 1, 10.01)], partner_id=customers[4].id
            ),
            "sharing": self._subscribe(
                "2026-02-01", lines=[(low, 1, 10.01)], partner_id=customers[4].id
            ),
            "fee": self._subscribe(
                "2026-03-01",
                lines=[(self.support, 1, 100.0), (self.setup_fee, 1, 450.0)],
                partner_id=customers[5].id,
            ),
            "yearly": self._subscribe(
                "2026-03-01",
                self.plan_yearly,
                [(self.licence, 4, 99.0)],
                partner_id=customers[6].id,
            ),
            "arrears": self._subscribe(
                "2026-02-01", self.plan_arrears, partner_id=customers[7].id
            ),
        }
        self._run_on("2026-02-19")
        with self._on("2026-02-20"):
            orders["plain"].order_line._billing_add_version(
                self._day("2026-02-16"), quantity=5
            )
            orders["gross"].order_line._billing_end_line(self._day("2026-02-20"))
        return orders

    def test_run_bills_each_item_to_the_cent_as_it_was_rehearsed(self):
        orders = self._subscribe_varied()
        rehearsal = self._launch("2026-03-01")
        self.assertEqual(set(rehearsal.item_ids.mapped("state")), {"rehearsed"})
        self.assertEqual(rehearsal.item_ids.order_id, self._union(orders.values()))
        before = self._found(rehearsal)
        documents = sum(row["documents"] for row in rehearsal.totals["currency"])
        totals = {row["currency"]: row["total"] for row in rehearsal.totals["currency"]}
        self._approve(rehearsal)
        self.assertEqual(rehearsal.state, "done")
        self.assertEqual(set(rehearsal.item_ids.mapped("state")), {"done"})
        self.assertEqual(self._found(rehearsal), before)
        moves = self.env["account.move"].search([("billing_run_id", "=", rehearsal.id)])
        self.assertEqual(len(moves), documents)
        for item in rehearsal.item_ids:
            lines = moves.invoice_line_ids.filtered(
                lambda line, item=item: line.sale_line_ids.order_id == item.order_id
            )
            signs = {"out_invoice": 1, "out_refund": -1}
            self.assertAlmostEqual(
                item.amount,
                sum(signs[ln.move_id.move_type] * ln.price_subtotal for ln in lines),
                2,
                item.order_id.name,
            )
        for currency, total in totals.items():
            billed = moves.filtered(lambda move, c=currency: move.currency_id.id == c)
            self.assertAlmostEqual(
                total, sum(-m.direction_sign * m.amount_total for m in billed), 2
            )

    def _union(self, orders):
        return self.env["sale.order"].union(*orders)

    def test_taxes_of_the_rehearsal_are_those_of_the_invoices(self):
        self._subscribe_varied()
        rehearsal = self._launch("2026-03-01")
        told = {
            (row["key"], row["currency"]): round(row["tax"], 2)
            for row in rehearsal.totals["tax"]
            if row["tax"]
        }
        self._approve(rehearsal)
        moves = self.env["account.move"].search([("billing_run_id", "=", rehearsal.id)])
        booked = {}
        for line in moves.line_ids.filtered("tax_line_id"):
            key = (line.tax_line_id.id, line.currency_id.id)
            booked[key] = booked.get(key, 0) - line.amount_currency
        self.assertEqual(told, {key: round(tax, 2) for key, tax in booked.items()})

    def test_rehearsal_writes_no_invoice_no_entry_and_uses_no_number(self):
        orders = self._subscribe_varied()
        moves = self.env["account.move"].search_count([])
        entries = self.env["billing.entry"].search_count([])
        next_dates = {order: order.billing_next_date for order in orders.values()}
        rehearsal = self._launch("2026-03-01")
        self.assertEqual(self.env["account.move"].search_count([]), moves)
        self.assertEqual(self.env["billing.entry"].search_count([]), entries)
        for order, day in next_dates.items():
            self.assertEqual(order.billing_next_date, day)
        self.assertFalse(
            self.env["billing.line.version"].search(
                [
                    ("sale_line_id.order_id", "=", orders["fee"].id),
                    ("is_used", "=", True),
                ]
            )
        )
        self._approve(rehearsal)
        made = self.env["account.move"].search(
            [("company_id", "=", self.company.id), ("move_type", "=", "out_invoice")]
        )
        numbers = sorted(int(name.split("/")[-1]) for name in made.mapped("name"))
        self.assertEqual(numbers, list(range(1, len(made) + 1)))

    # === What it says === #

    def test_each_item_says_why_it_differs(self):
        orders = self._subscribe_varied()
        rehearsal = self._launch("2026-03-01")
        told = {
            name: self._item(rehearsal, order).reason_kind
            for name, order in orders.items()
        }
        self.assertEqual(
            told,
            {
                "plain": "proration",
                "prorated": "regular",
                "gross": "proration",
                "foreign": "unchanged",
                "shared": "unchanged",
                "sharing": "unchanged",
                "fee": "new",
                "yearly": "new",
                "arrears": "new",
            },
        )

    def test_difference_is_from_the_last_invoice_and_reasons_are_words(self):
        order = self._subscribe("2026-01-01", lines=[(self.support, 10, 30.0)])
        self._run_on("2026-01-01")
        with self._on("2026-01-15"):
            order.order_line._billing_add_version(self._day("2026-02-01"), quantity=15)
        item = self._launch("2026-02-01").item_ids
        self.assertEqual((item.amount, item.difference), (450.0, 150.0))
        self.assertEqual(item.reason_kind, "price")
        self.assertIn("15", item.reason_text)
        self.assertEqual(item.periods_text, "February 2026")
        self.assertIn("instead of", item.comparison)

    def test_missed_periods_are_a_catch_up(self):
        self._subscribe("2026-01-01")
        rehearsal = self._launch("2026-03-01", on="2026-03-05")
        self.assertEqual(rehearsal.item_ids.reason_kind, "catch_up")
        self.assertIn("3 periods at once", rehearsal.item_ids.reason_text)
        self.assertEqual(rehearsal.item_ids.amount, 300.0)
        self.assertEqual(rehearsal.totals["currency"][0]["documents"], 3)

    def test_boxes_add_up_and_open_what_they_count(self):
        orders = self._subscribe_varied()
        rehearsal = self._launch("2026-03-01")
        boxes = {box["key"]: box["rows"] for box in rehearsal.figures}
        self.assertEqual(sum(row["count"] for row in boxes["reason"]), len(orders))
        self.assertEqual(sum(row["count"] for row in boxes["plan"]), len(orders))
        for box in ("reason", "plan"):
            for row in boxes[box]:
                action = rehearsal.action_open_figure(box, row["key"], row["currency"])
                found = self.env["billing.run.item"].search(action["domain"])
                self.assertEqual(len(found), row["count"], row["label"])
        taxes = {row["label"]: row for row in boxes["tax"]}
        row = taxes["20% incl."]
        action = rehearsal.action_open_figure("tax", row["key"], row["currency"])
        found = self.env["billing.run.item"].search(action["domain"])
        self.assertEqual(found.order_id, orders["gross"])

    def test_sentence_tells_documents_amounts_difference_and_exceptions(self):
        self._subscribe("2026-01-01")
        rehearsal = self._launch("2026-01-01")
        self.assertIn("1 invoice, ", rehearsal.summary)
        self.assertIn("100.00 excl. tax (", rehearsal.summary)
        self.assertIn("no exception.", rehearsal.summary)
        self.assertEqual(rehearsal.name, "Rehearsal of 01/01/2026")

    def test_what_core_made_and_rolled_back_is_marked(self):
        self._subscribe("2026-01-01")
        lines = [(self.support, 1, 100.0), (self.setup_fee, 1, 450.0)]
        other = self._create_customer("With a fee")
        with_fee = self._subscribe("2026-01-01", lines=lines, partner_id=other.id)
        items = self._launch("2026-01-01").item_ids
        made = items.filtered("is_made_by_core").order_id
        self.assertEqual(made, with_fee)

    def test_reasons_are_in_the_language_of_who_launches(self):
        self._speak_french(self.user)
        self.env = self.env(context={**self.env.context, "lang": "fr_FR"})
        self._subscribe("2026-01-01")
        item = self._launch("2026-01-01").item_ids
        self.assertEqual(item.periods_text, "janvier 2026")

    # === What cannot be billed === #

    def test_sick_item_is_told_without_an_exception_or_an_activity(self):
        other = self._create_customer("Nowhere", street=False, city=False)
        sick = self._subscribe("2026-01-01", partner_id=other.id)
        healthy = self._subscribe("2026-01-01")
        rehearsal = self._launch("2026-01-01")
        item = self._item(rehearsal, sick)
        self.assertEqual((item.state, item.code), ("parked", "no_address"))
        self.assertIn("Nowhere", item.message)
        self.assertFalse(item.is_open)
        self.assertFalse(sick.activity_ids)
        self.assertFalse(sick.billing_is_parked)
        self.assertEqual(self._item(rehearsal, healthy).state, "rehearsed")
        self.assertIn("1 exception.", rehearsal.summary)

    def test_what_core_refuses_is_told_as_the_run_would(self):
        healthy, sick = self._subscribe("2026-01-01"), self._subscribe("2026-01-01")
        cls = type(self.env["sale.order.line"])
        original, refusal = cls._prepare_invoice_line, "The third module says no."

        def broken(line, **values):
            if line.order_id == sick:
                raise UserError(refusal)
            return original(line, **values)

        with patch.object(cls, "_prepare_invoice_line", broken):
            rehearsal = self._launch("2026-01-01")
        self.assertEqual(self._item(rehearsal, sick).code, "refused")
        self.assertEqual(self._item(rehearsal, healthy).amount, 100.0)

    def test_item_with_nothing_due_is_skipped(self):
        order = self._subscribe("2026-01-01")
        with self._on("2026-01-01"):
            scope = {"companies": self.company.ids}
            run = self.env["billing.run"]._plan_rehearsal(
                self._day("2026-01-01"), scope
            )
            order._billing_invoice_now()
            run._rehearse()
        self.assertEqual(run.item_ids.state, "skipped")
        self.assertIn("No invoice can be made", run.summary)

    # === Launching === #

    def test_scope_limits_by_plan_customer_and_salesperson(self):
        other = self._create_customer("Other")
        mine = self._subscribe("2026-01-01")
        self._subscribe("2026-01-01", partner_id=other.id)
        self._subscribe("2026-01-01", self.plan_anniversary)
        colleague = new_test_user(
            self.env(su=True),
            login="colleague",
            groups="sales_team.group_sale_salesman",
            company_id=self.company.id,
        )
        self._subscribe("2026-01-01", user_id=colleague.id)
        rehearsal = self._launch(
            "2026-01-01",
            plan_ids=[Command.set(self.plan_monthly.ids)],
            partner_ids=[Command.set(self.customer.ids)],
            salesperson_ids=[Command.set(mine.user_id.ids)],
        )
        self.assertEqual(rehearsal.item_ids.order_id, mine)
        self.assertIn("Horizon Santé", rehearsal.scope)

    def test_nothing_due_says_when_something_is(self):
        self._subscribe("2026-01-01")
        self._run_on("2026-01-01")
        with self.assertRaisesRegex(UserError, "falls due on 02/01/2026"):
            self._launch("2026-01-20")
        with self._on("2026-01-20"):
            wizard = self.env["billing.run.launch"].create({"run_date": "2026-01-20"})
            self.assertIn("02/01/2026", wizard.next_date_text)

    def test_run_at_once_bills_without_a_rehearsal(self):
        order = self._subscribe("2026-01-01")
        run = self._launch("2026-01-01", mode="run")
        self.assertEqual((run.state, run.name), ("done", "Run of 01/01/2026"))
        self.assertEqual(len(self._invoices(order)), 1)

    # === Again, and away === #

    def test_recompute_sees_what_falls_due_now(self):
        first = self._subscribe("2026-01-01")
        rehearsal = self._launch("2026-01-01")
        second = self._subscribe("2026-01-01")
        with self._on("2026-01-01"):
            first.order_line._billing_add_version(
                self._day("2026-01-01"), price_unit=120.0
            )
            rehearsal.action_recompute()
        self.assertEqual(rehearsal.state, "rehearsed")
        self.assertEqual(rehearsal.item_ids.order_id, first | second)
        self.assertEqual(self._item(rehearsal, first).amount, 120.0)

    def test_discarded_rehearsal_bills_nothing(self):
        order = self._subscribe("2026-01-01")
        rehearsal = self._launch("2026-01-01")
        rehearsal.action_discard()
        self.assertEqual(rehearsal.state, "cancelled")
        self.assertFalse(rehearsal.item_ids)
        with self.assertRaisesRegex(UserError, "taken further meanwhile"):
            rehearsal.action_approve_all()
        self.assertFalse(self._invoices(order))

    def test_daily_run_is_never_rehearsed(self):
        order = self._subscribe("2026-01-01")
        self._launch("2026-01-01")
        run = self._run_on("2026-01-01")
        self.assertEqual((run.origin, run.state), ("daily", "done"))
        self.assertEqual(len(self._invoices(order)), 1)

    def test_row_shows_the_invoice_as_the_customer_will_see_it(self):
        self._subscribe("2026-01-01")
        self._subscribe("2026-01-01", lines=[(self.licence, 1, 50.0)])
        rehearsal = self._launch("2026-01-01")
        with self._on("2026-01-01"):
            action = rehearsal.item_ids[0].action_show_document()
        page = self.env["billing.run.item.preview"].browse(action["res_id"]).document
        self.assertIn("Support", page)
        self.assertIn("Licence", page)
        self.assertEqual(self.env["account.move"].search_count([]), 0)

    # === Size === #

    def test_queries_do_not_grow_with_the_number_of_items(self):
        counts = []
        for size in (4, 40):
            customers = [self._create_customer(f"C{size}-{n}") for n in range(size)]
            for customer in customers:
                self._subscribe("2026-01-01", partner_id=customer.id)
            with self._on("2026-01-01"):
                scope = {
                    "companies": self.company.ids,
                    "customers": [customer.id for customer in customers],
                }
                day = self._day("2026-01-01")
                run = self.env["billing.run"]._plan_rehearsal(day, scope)
                service = self.env["billing.invoicing.rehearsal"]
                nothing = patch.object(
                    type(service),
                    "_price_documents",
                    lambda self, documents, as_of: [
                        _free(document) for document in documents
                    ],
                )
                self.env.flush_all()
                self.env.invalidate_all()
                with nothing:
                    before = self.env.cr.sql_log_count
                    service._rehearse_items(run.item_ids)
                    counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(set(run.item_ids.mapped("state")), {"rehearsed"})
        self.assertLessEqual(counts[1], counts[0] + 4, counts)


def _free(document):
    """A document without amounts: core's own queries are not ours to count."""
    from odoo.addons.recurring_billing.models.invoicing.rehearsal import (
        billing_invoicing_rehearsal,
    )

    lines = [(bill, 0.0, 0.0) for bill, _charges in document.bills]
    return billing_invoicing_rehearsal.Priced(0.0, 0.0, {}, lines)
