"""What the tests of the module share: a billing user, a customer, services, a clock."""

from contextlib import contextmanager, nullcontext
from datetime import date, timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.tests import HttpCase, new_test_user

from odoo.addons.account.tests.common import AccountTestInvoicingCommon


class BillingCommon(AccountTestInvoicingCommon):
    """A company with a chart of accounts; the tests run as a billing user of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.user = new_test_user(
            cls.env,
            login="clerk",
            groups="recurring_billing.recurring_billing_group_user",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
            tz="Europe/Paris",
        )
        cls.company.partner_id.tz = "Europe/Paris"
        cls.tax = cls.company.account_sale_tax_id
        cls.plan_monthly = cls.env.ref("recurring_billing.billing_plan_monthly_first")
        cls.plan_anniversary = cls.env.ref(
            "recurring_billing.billing_plan_monthly_advance"
        )
        cls.plan_arrears = cls.env.ref("recurring_billing.billing_plan_monthly_arrears")
        cls.plan_yearly = cls.env.ref("recurring_billing.billing_plan_yearly")
        cls.customer = cls._create_customer("Horizon Santé")
        cls.support = cls._create_service("Support", 100.0)
        cls.licence = cls._create_service("Licence", 50.0)
        cls.setup_fee = cls._create_service("Set-up", 450.0, recurring=False)
        cls.reason = cls.env.ref("recurring_billing.billing_close_reason_other")
        cls.admin_env = cls.env
        cls.env = cls.env(user=cls.user, context={**cls.env.context, "lang": "en_US"})

    @classmethod
    def _create_stranger(cls):
        """A manager of another company, who may not see ours."""
        other = cls.env["res.company"].sudo().create({"name": "Elsewhere"})
        return new_test_user(
            cls.env(su=True),
            login="stranger",
            groups="recurring_billing.recurring_billing_group_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )

    @classmethod
    def _speak_french(cls, *users):
        """Let users see the screens in French."""
        admin = cls.env(su=True)
        admin["res.lang"]._activate_lang("fr_FR")
        admin["ir.module.module"]._get("recurring_billing")._update_translations(
            ["fr_FR"]
        )
        for user in users:
            user.sudo().lang = "fr_FR"

    # === Records === #

    @classmethod
    def _create_customer(cls, name, **vals):
        # Customers and products are kept by others than the clerk.
        partner = (
            cls.env["res.partner"]
            .sudo()
            .create(
                {
                    "name": name,
                    "street": "12 rue des Lices",
                    "zip": "35000",
                    "city": "Rennes",
                    "country_id": cls.env.ref("base.fr").id,
                    "property_payment_term_id": cls.env.ref(
                        "account.account_payment_term_30days"
                    ).id,
                    **vals,
                }
            )
        )
        return partner.sudo(False)

    @classmethod
    def _create_service(cls, name, price, *, recurring=True, **vals):
        product = (
            cls.env["product.product"]
            .sudo()
            .create(
                {
                    "name": name,
                    "type": "service",
                    "list_price": price,
                    "invoice_policy": "order",
                    "billing_recurring": recurring,
                    "taxes_id": [Command.set(cls.tax.ids)],
                    **vals,
                }
            )
        )
        return product.sudo(False)

    def _quote(self, plan=None, lines=None, **vals):
        """A quotation of the billing user.

        :param lines: (product, quantity, price[, line values]) tuples.
        """
        lines = lines or [(self.support, 1, 100.0)]
        return self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "billing_plan_id": (plan or self.plan_monthly).id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": quantity,
                            "price_unit": price,
                            **(extra[0] if extra else {}),
                        }
                    )
                    for product, quantity, price, *extra in lines
                ],
                **vals,
            }
        )

    def _subscribe(self, start, plan=None, lines=None, **vals):
        """A confirmed subscription that starts on ``start`` (an ISO date)."""
        with self._on(start):
            order = self._quote(plan, lines, billing_start_date=start, **vals)
            order.action_confirm()
        return order

    # === Time === #

    @contextmanager
    def _on(self, day, time="04:00:00"):
        """The company's day is ``day``, at four in the morning UTC."""
        with freeze_time(f"{day} {time}"):
            yield

    def _day(self, text):
        """An ISO date as the engine and the models take it."""
        return date.fromisoformat(text)

    def _scheduler_mode(self):
        """Let the scheduler's commits be points of the test's own transaction."""
        # A test with a browser or RPC is in that mode from its start.
        if isinstance(self, HttpCase):
            return nullcontext()
        return self.enter_registry_test_mode()

    def _run_on(self, day, time="04:00:00"):
        """The scheduled action on a day; return the run it made, if any."""
        before = self.env["billing.run"].search([], limit=1)
        with self._on(day, time), self._scheduler_mode():
            # The scheduler runs as the system; the clerk only reads the result.
            self.env.ref(
                "recurring_billing.ir_cron_bill"
            ).sudo().method_direct_trigger()
        self.env.invalidate_all()
        run = self.env["billing.run"].search([], limit=1)
        return run if run != before else run.browse()

    def _run_until(self, first, last):
        """The scheduled action on every day from ``first`` to ``last``."""
        day, last = date.fromisoformat(first), date.fromisoformat(last)
        while day <= last:
            self._run_on(day.isoformat())
            day += timedelta(days=1)

    def _follow(self, expected, until, since=""):
        """The scheduled action on each day that bills something, the day before and
        after and at each month's end: every time the ledger says what was due by then.

        :param dict expected: ``{subscription: bills}``, as ``_bills`` tells them.
        :param str since: days before it are over; none by default.
        """
        until = date.fromisoformat(until)
        billed_on = {
            date.fromisoformat(b[0]) for bills in expected.values() for b in bills
        }
        around = (timedelta(days=-1), timedelta(), timedelta(days=1))
        days = {day + shift for day in billed_on for shift in around}
        day = min(days)
        while (day := day + timedelta(days=1)) <= until:
            if (day + timedelta(days=1)).day == 1:
                days.add(day)
        for day in sorted(d for d in days if d <= until and d.isoformat() >= since):
            self._run_on(day.isoformat())
            for order, bills in expected.items():
                self.assertEqual(
                    self._bills(order),
                    [bill for bill in bills if bill[0] <= day.isoformat()],
                    f"{order.billing_plan_id.name}, on {day}",
                )

    # === Reading === #

    def _invoices(self, orders):
        """The documents of subscriptions, oldest first."""
        return orders.order_line.invoice_lines.move_id.sorted("id")

    def _bills(self, orders):
        """[(document date, period start, period end, untaxed amount)] of the ledger,
        in order of writing.
        """
        entries = self.env["billing.entry"].search(
            [("order_id", "in", orders.ids), ("state", "!=", "void")], order="id"
        )
        return [
            (
                str(entry.move_id.invoice_date or ""),
                str(entry.period_start),
                str(entry.period_end),
                entry.charged_amount,
            )
            for entry in entries
        ]

    def _documents(self, orders):
        """[(type, date, untaxed amount)] of the documents, oldest first."""
        return [
            (move.move_type, str(move.invoice_date), move.amount_untaxed)
            for move in self._invoices(orders)
        ]
