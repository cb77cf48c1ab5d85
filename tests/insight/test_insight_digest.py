from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged

from ..common import BillingCommon


@tagged("post_install", "-at_install")
class TestInsightDigest(BillingCommon):
    """The mail of key figures says what recurs and what the runs made."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.digest = cls.admin_env["digest.digest"].create(
            {
                "name": "Weekly",
                "company_id": cls.company.id,
                "user_ids": [Command.set(cls.user.ids)],
                "kpi_billing_recurring": True,
                "kpi_billing_invoices": True,
            }
        )

    def _value(self, name, user=None, since="2026-01-01", until="2026-03-01"):
        """A figure as its recipient sees it, for the days before ``until``."""
        digest = self.digest.with_user(user or self.user).with_context(
            start_datetime=fields.Datetime.to_datetime(since),
            end_datetime=fields.Datetime.to_datetime(until),
        )
        digest.invalidate_recordset()
        with self._on(until):
            return digest[f"{name}_value"]

    def test_running_subscriptions_are_brought_to_a_month(self):
        self._subscribe("2026-01-01", lines=[(self.support, 2, 100.0)])
        self._subscribe(
            "2026-01-01", self.plan_yearly, lines=[(self.licence, 1, 600.0)]
        )
        self.assertEqual(self._value("kpi_billing_recurring"), 250.0)

    def test_paused_closed_and_quoted_count_for_nothing(self):
        paused = self._subscribe("2026-01-01")
        closed = self._subscribe("2026-01-01")
        with self._on("2026-02-01"):
            self._quote()
            paused._billing_pause(paused.billing_start_date)
            closed._billing_close(closed.billing_start_date, self.reason)
        self.assertEqual(self._value("kpi_billing_recurring"), 0.0)

    def test_other_currencies_are_converted_at_the_rate_of_the_day(self):
        currency = self.env.ref("base.CHF")
        currency.sudo().write(
            {
                "active": True,
                "rate_ids": [
                    Command.clear(),
                    Command.create({"name": "2020-01-01", "rate": 2.0}),
                    Command.create({"name": "2026-02-15", "rate": 4.0}),
                ],
            }
        )
        pricelist = (
            self.env["product.pricelist"]
            .sudo()
            .create({"name": "Switzerland", "currency_id": currency.id})
        )
        self._subscribe("2026-01-01")
        self._subscribe("2026-01-01", pricelist_id=pricelist.id)
        for day, amount in (("2026-02-01", 150.0), ("2026-03-01", 125.0)):
            value = self._value("kpi_billing_recurring", until=day)
            self.assertEqual(value, amount)

    def test_invoices_that_runs_made_are_counted(self):
        order = self._subscribe("2026-01-01")
        self._run_on("2026-01-01")
        self._run_on("2026-02-01")
        # One that was typed is none.
        self._invoices(order)[0].copy()
        self.assertEqual(self._value("kpi_billing_invoices"), 2)
        self.assertEqual(self._value("kpi_billing_invoices", since="2026-02-01"), 1)

    def test_other_companies_are_left_out(self):
        other = self.admin_env["res.company"].create({"name": "Second"})
        self._subscribe("2026-01-01")
        self._run_on("2026-01-01")
        self.digest.company_id = other
        self.assertEqual(self._value("kpi_billing_recurring"), 0.0)
        self.assertEqual(self._value("kpi_billing_invoices"), 0)

    def test_recipient_who_does_not_bill_sees_neither(self):
        user = new_test_user(self.admin_env, login="seller", groups="base.group_user")
        for name in ("kpi_billing_recurring", "kpi_billing_invoices"):
            with self.assertRaises(AccessError):
                self._value(name, user)
        names = [k["kpi_name"] for k in self.digest._compute_kpis(self.company, user)]
        self.assertNotIn("kpi_billing_recurring", names)
        self.assertNotIn("kpi_billing_invoices", names)

    def test_mail_shows_both_figures_with_a_link_to_their_lists(self):
        self._subscribe("2026-01-01")
        kpis = {
            kpi["kpi_name"]: kpi
            for kpi in self.digest._compute_kpis(self.company, self.user)
        }
        self.assertIn("100", kpis["kpi_billing_recurring"]["kpi_col1"]["value"])
        for name in ("kpi_billing_recurring", "kpi_billing_invoices"):
            action = kpis[name]["kpi_action"].split("?")[0]
            self.assertEqual(self.env.ref(action).sudo()._name, "ir.actions.act_window")

    def test_digest_of_the_company_has_both_and_its_form_shows_them(self):
        admin = self.env.ref("base.user_admin")
        digest = self.env.ref("digest.digest_digest_default").with_user(admin)
        self.assertTrue(digest.kpi_billing_recurring)
        with Form(digest) as form:
            form.kpi_billing_invoices = False
        self.assertFalse(digest.kpi_billing_invoices)
