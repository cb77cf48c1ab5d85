"""What the tests of cut-offs share: an accountant, the French accounts, figures."""

from odoo import Command
from odoo.tests import new_test_user

from ...common import BillingCommon


class CutoffCommon(BillingCommon):
    """The accountant sees no order and no subscription of his own: figures must not
    depend on it.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        admin = cls.admin_env
        cls.accountant = new_test_user(
            admin,
            login="accountant",
            groups="account.group_account_user,base.group_multi_company",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
            tz="Europe/Paris",
        )
        # As the French chart has them: code, kind, lines are matched.
        cls.deferred_account, cls.accrued_account = admin["account.account"].create(
            [
                {
                    "code": code,
                    "name": name,
                    "account_type": kind,
                    "reconcile": True,
                    "company_ids": [Command.set(cls.company.ids)],
                }
                for code, name, kind in (
                    ("487000", "Produits constatés d'avance", "liability_current"),
                    ("418100", "Clients - Factures à établir", "asset_current"),
                )
            ]
        )
        cls.company.sudo().write(
            {
                "billing_deferred_account_id": cls.deferred_account.id,
                "billing_accrued_account_id": cls.accrued_account.id,
            }
        )
        cls.revenue = cls.company_data["default_account_revenue"]

    def _prepare(self, day, now="2027-06-01", **vals):
        """A cut-off at a date, prepared by the accountant, not computed."""
        cutoffs = self.env["billing.cutoff"].with_user(self.accountant)
        with self._on(now):
            return cutoffs.create({"date": day, **vals})

    def _cutoff(self, day, now="2027-06-01", **vals):
        """The same, computed on the day ``now``."""
        cutoff = self._prepare(day, now, **vals)
        with self._on(now):
            cutoff.action_compute()
        return cutoff

    def _written(self, day, now="2027-06-01", **vals):
        """The same, with its entry."""
        cutoff = self._cutoff(day, now, **vals)
        with self._on(now):
            cutoff.action_write_entry()
        return cutoff

    def _sums(self, day, **vals):
        """(deferred, accrued) at a date."""
        cutoff = self._cutoff(day, **vals)
        return cutoff.deferred_amount, cutoff.accrued_amount

    def _figures(self, cutoff):
        """[(kind, first day, last day, whole amount, cut-off)] of the lines."""
        return [
            (
                line.kind,
                str(line.period_start),
                str(line.period_end),
                line.charged_amount,
                line.amount,
            )
            for line in cutoff.line_ids.sorted(
                lambda line: (line.period_start, line.id)
            )
        ]

    def _balance(self, account, day):
        """The balance of an account in the books at the end of a day."""
        lines = self.env["account.move.line"].sudo()
        domain = [
            ("account_id", "=", account.id),
            ("parent_state", "=", "posted"),
            ("date", "<=", day),
            ("company_id", "=", self.company.id),
        ]
        ((total,),) = lines._read_group(domain, aggregates=["balance:sum"])
        return round(total, 2)
