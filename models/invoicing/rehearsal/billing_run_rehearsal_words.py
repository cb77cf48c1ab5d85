"""What a rehearsal says of itself, and how old it is."""

from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL
from odoo.tools.misc import format_date, format_time

from ...plan.wording import amount_text, signed_text

#: After so long, people have changed subscriptions.
FRESH = timedelta(hours=24)


class BillingRun(models.Model):
    _inherit = "billing.run"

    changed_item_ids = fields.One2many(
        comodel_name="billing.run.item",
        inverse_name="run_id",
        string="Invoice",
        domain=[("reason_kind", "not in", (False, "unchanged"))],
    )
    approvable_count = fields.Integer(compute="_compute_approvable_count")

    def _compute_approvable_count(self):
        counts = dict(
            self.env["billing.run.item"]._read_group(
                [("run_id", "in", self.ids), ("state", "=", "rehearsed")],
                ["run_id"],
                ["__count"],
            )
        )
        for run in self:
            run.approvable_count = counts.get(run._origin, 0)

    def _get_rehearsal_summary(self):
        """Documents, amounts, the difference from last time, exceptions."""
        self.ensure_one()
        if self.state == "rehearsing":
            return self.env._(
                "%(name)s is being computed; nothing is invoiced.", name=self.name
            )
        if self.state == "cancelled":
            return self.env._("%(name)s was discarded.", name=self.name)
        sums = (self.totals or {}).get("currency")
        if not sums:
            return self.env._(
                "No invoice can be made, %(exceptions)s.",
                exceptions=self._get_exceptions_text(),
            )
        values = {
            "invoices": self._get_count_text(sum(row["documents"] for row in sums)),
            "untaxed": self._join(sums, "untaxed"),
            "total": self._join(sums, "total"),
            "difference": self._join(sums, "difference", signed=True),
            "exceptions": self._get_exceptions_text(),
        }
        sentence = self.env._(
            "%(invoices)s, %(untaxed)s excl. tax (%(total)s incl. tax), "
            "%(difference)s compared with the last time, %(exceptions)s.",
            **values,
        )
        if self.state == "approved":
            sentence += " " + self._get_approval_text()
        return sentence

    def _get_approval_text(self):
        approved = self.env["billing.run.item"].search_count(
            [("run_id", "=", self.id), ("state", "=", "approved")]
        )
        return self.env._(
            "%(count)s approved by %(name)s; they are billed on %(date)s.",
            count=approved,
            name=self.approved_by_id.name,
            date=format_date(self.env, self.run_date),
        )

    def _get_exceptions_text(self):
        if not self.parked_count:
            return self.env._("no exception")
        if self.parked_count == 1:
            return self.env._("1 exception")
        return self.env._("%(count)s exceptions", count=self.parked_count)

    def _join(self, sums, key, *, signed=False):
        """One amount per currency."""
        tell = signed_text if signed else amount_text
        currencies = self.env["res.currency"]
        told = [
            tell(self.env, row[key], currencies.browse(row["currency"])) for row in sums
        ]
        return (", " if signed else " + ").join(told)

    # === How old it is === #

    def _get_stale_alert(self):
        """The amber line of a rehearsal older than a day, with the remedy.

        :return: a value of core's widget ``actionable_errors``.
        """
        self.ensure_one()
        if (
            self.state not in ("rehearsed", "approved")
            or self.env.cr.now() - self.rehearsed_at < FRESH
        ):
            return {}
        alert = {"level": "warning", "message": self._get_stale_text()}
        if self.env.user.has_group("recurring_billing.recurring_billing_group_user"):
            alert["action_text"] = self.env._("Recompute")
            alert["action_call"] = ("billing.run", "action_recompute", self.id)
        return {"billing_rehearsal_old": alert}

    def _get_stale_text(self):
        values = {"when": self._get_rehearsed_text(), "count": self._count_changed()}
        if not values["count"]:
            return self.env._(
                "Rehearsed %(when)s; no subscription changed since.", **values
            )
        if values["count"] == 1:
            return self.env._(
                "Rehearsed %(when)s; 1 subscription changed since.", **values
            )
        return self.env._(
            "Rehearsed %(when)s; %(count)s subscriptions changed since.", **values
        )

    def _get_rehearsed_text(self):
        """ "yesterday at 17:40", "on 21/11/2026 at 17:40" """
        local = self.env["billing.schedule"]._to_local(self.rehearsed_at)
        at = format_time(self.env, local.time(), time_format="short")
        if (self.env.company._billing_today() - local.date()).days == 1:
            return self.env._("yesterday at %(time)s", time=at)
        return self.env._(
            "on %(date)s at %(time)s", date=format_date(self.env, local.date()), time=at
        )

    def _count_changed(self):
        """Subscriptions of the rehearsal that were written to since."""
        self.env.flush_all()
        ((count,),) = self.env.execute_query(
            SQL(
                """
                SELECT COUNT(DISTINCT item.order_id)
                  FROM billing_run_item item
                  JOIN sale_order sale ON sale.id = item.order_id
                 WHERE item.run_id = %(run)s
                   AND (sale.write_date > %(since)s
                    OR EXISTS (SELECT FROM sale_order_line line
                                WHERE line.order_id = sale.id
                                  AND line.write_date > %(since)s)
                    OR EXISTS (SELECT FROM billing_line_version version
                                JOIN sale_order_line line
                                  ON line.id = version.sale_line_id
                                WHERE line.order_id = sale.id
                                  AND version.write_date > %(since)s)
                    OR EXISTS (SELECT FROM billing_pause pause
                                WHERE pause.order_id = sale.id
                                  AND pause.write_date > %(since)s))
                """,
                run=self.id,
                since=self.rehearsed_at,
            )
        )
        return count
