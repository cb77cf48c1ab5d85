"""The totals of a rehearsal by reason, plan and tax; currencies are never mixed."""

from odoo import fields, models
from odoo.tools import SQL

from ...plan.wording import amount_text, signed_text
from .billing_run_item_rehearsal import WHY


class BillingRun(models.Model):
    _inherit = "billing.run"

    totals = fields.Json(readonly=True)
    figures = fields.Json(compute="_compute_figures")

    # === Summing up, when the rehearsal ends === #

    def _sum_totals(self):
        """Sums of what can be billed, computed by the database.

        :rtype: dict
        """
        self.ensure_one()
        self.env.flush_all()
        sums = self._query_totals(SQL("currency_id, currency_id"))
        for row, (count, core) in zip(sums, self._count_documents(), strict=True):
            row["documents"], row["core"] = count, core
        return {
            "currency": sums,
            "reason": self._query_totals(SQL("reason_kind, currency_id")),
            "plan": self._query_totals(SQL("plan_id, currency_id")),
            "tax": self._query_taxes(),
        }

    def _query_totals(self, keys):
        rows = self.env.execute_query(
            SQL(
                """
                SELECT %s, COUNT(*), SUM(amount)::float, SUM(total_amount)::float,
                       SUM(difference)::float
                  FROM billing_run_item WHERE run_id = %s AND state = 'rehearsed'
                 GROUP BY 1, 2 ORDER BY 1, 2
                """,
                keys,
                self.id,
            )
        )
        return [
            {
                "key": key,
                "currency": currency,
                "count": count,
                "untaxed": untaxed,
                "total": total,
                "difference": difference,
            }
            for key, currency, count, untaxed, total, difference in rows
        ]

    def _count_documents(self):
        """(documents, those that core had to make) by currency, in its order."""
        return self.env.execute_query(
            SQL(
                """
                SELECT COALESCE(SUM(JSONB_ARRAY_LENGTH(documents)), 0)::int,
                       COALESCE(SUM(JSONB_ARRAY_LENGTH(JSONB_PATH_QUERY_ARRAY(
                           documents, '$[*] ? (@.core == true)'))), 0)::int
                  FROM billing_run_item WHERE run_id = %s AND state = 'rehearsed'
                 GROUP BY currency_id ORDER BY currency_id
                """,
                self.id,
            )
        )

    def _query_taxes(self):
        rows = self.env.execute_query(
            SQL(
                """
                SELECT (tax->>0)::int, currency_id, SUM((tax->>1)::numeric)::float,
                       SUM((tax->>2)::numeric)::float
                  FROM billing_run_item,
                       JSONB_ARRAY_ELEMENTS(documents) AS document,
                       JSONB_ARRAY_ELEMENTS(document->'taxes') AS tax
                 WHERE run_id = %s AND state = 'rehearsed'
                 GROUP BY 1, 2 ORDER BY 1, 2
                """,
                self.id,
            )
        )
        return [
            {"key": tax, "currency": currency, "untaxed": base, "tax": amount}
            for tax, currency, base, amount in rows
        ]

    # === Showing them === #

    def _compute_figures(self):
        for run in self:
            told = run.totals and run.totals["currency"]
            run.figures = bool(told) and run._get_figures()

    def _get_figures(self):
        """The three boxes of the form, as texts.

        :rtype: list[dict]
        """
        order = [kind for kind, _label in reversed(WHY)]
        reasons = sorted(self.totals["reason"], key=lambda row: order.index(row["key"]))
        labels = dict(
            self.env["billing.run.item"]
            ._fields["reason_kind"]
            ._description_selection(self.env)
        )
        plans = self._get_names("plan", "billing.plan")
        taxes = {0: self.env._("No tax"), **self._get_names("tax", "account.tax")}
        return [
            {
                "key": "reason",
                "title": self.env._("By reason"),
                "rows": [self._get_figure(row, labels) for row in reasons],
            },
            {
                "key": "plan",
                "title": self.env._("By plan"),
                "rows": [
                    self._get_figure(row, plans, compares=False)
                    for row in self.totals["plan"]
                ],
            },
            {
                "key": "tax",
                "title": self.env._("By tax"),
                "rows": [self._get_figure(row, taxes) for row in self.totals["tax"]],
            },
        ]

    def _get_names(self, box, model):
        """Names of the records of a box; one may be gone since, its figure stays."""
        ids = [row["key"] for row in self.totals[box] if row["key"]]
        return {
            record.id: record.name for record in self.env[model].browse(ids).exists()
        }

    def _get_figure(self, row, labels, *, compares=True):
        """A row of a box: what, how many, how much, and the difference or the tax."""
        currency = self.env["res.currency"].browse(row["currency"])
        last = ""
        if "tax" in row:
            last = amount_text(self.env, row["tax"], currency)
        elif compares:
            difference = row["difference"]
            last = (
                "–"
                if currency.is_zero(difference)
                else signed_text(self.env, difference, currency)
            )
        return {
            "key": row["key"],
            "currency": row["currency"],
            "label": labels.get(row["key"]) or self.env._("Deleted meanwhile"),
            "count": row.get("count", ""),
            "amount": amount_text(self.env, row["untaxed"], currency),
            "last": last,
        }

    def action_open_figure(self, box, key, currency):
        """The items behind a figure of the form.

        :param str box: ``reason``, ``plan`` or ``tax``.
        :param key: the row of the box.
        :param int currency: id of its currency.
        """
        self.ensure_one()
        domain = [("currency_id", "=", currency), ("reason_kind", "!=", False)]
        if box == "tax":
            domain.append(("id", "in", self._get_taxed_item_ids(key)))
        else:
            field = {"reason": "reason_kind", "plan": "plan_id"}[box]
            domain.append((field, "=", key))
        return self._get_items_action(domain)

    def _get_taxed_item_ids(self, tax_id):
        """Items with a line that bears a tax; 0: with a line that bears none."""
        condition = f'exists(@.taxes."{int(tax_id)}")'
        if not tax_id:
            condition = "exists(@.taxes) && !exists(@.taxes.*)"
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM billing_run_item WHERE run_id = %s"
                " AND jsonb_path_exists(facts, %s::jsonpath)",
                self.id,
                f"$.documents.*.*.* ? ({condition})",
            )
        )
        return [item_id for (item_id,) in rows]
