"""The closing checklist: what stands between a month and its closing."""

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models

from ....engine.periods import Period
from ...plan.wording import period_text


class BillingClosing(models.AbstractModel):
    """Asked by the completeness map; stages add their own checks."""

    _name = "billing.closing"
    _description = "Closing Checklist"

    @api.model
    def get_checklist(self, month):
        """The checks of a month for the current company.

        :param str month: ISO date of its first day.
        :return: the month in words, whether it can be closed, the checks.
        """
        service = self.env["billing.completeness"]
        service._check_may_see()
        first = fields.Date.to_date(month).replace(day=1)
        span = Period(first, first + relativedelta(months=1))
        checks = self._get_checks(span)
        return {
            "month": period_text(self.env, span.start, span.last),
            "done": all(check["done"] for check in checks),
            "checks": checks,
        }

    def _get_checks(self, span):
        """What must be nothing before the month is closed; extended by other stages.

        :param Period span: the month.
        :return: dicts of ``key``, ``label``, ``text``, ``done`` and ``action`` (opens
            what is left, None when nothing is).
        """
        return [
            self._check_exceptions(),
            *self._check_days(span),
            self._check_drafts(span),
            self._check_replay(span),
        ]

    def _prepare_check(self, key, label, count, action):
        return {
            "key": key,
            "label": label,
            "text": str(count),
            "done": not count,
            "action": action if count else None,
        }

    def _check_exceptions(self):
        """Nothing is set aside, whatever month it is of."""
        count = self.env["billing.run.item"].search_count(
            [("is_open", "=", True), ("company_id", "=", self.env.company.id)]
        )
        action = self.env["ir.actions.actions"]._for_xml_id(
            "recurring_billing.billing_run_item_action_exceptions"
        )
        return self._prepare_check(
            "exceptions", self.env._("Exceptions"), count, action
        )

    def _check_days(self, span):
        """Each contracted day of the month is billed once."""
        service = self.env["billing.completeness"]
        totals = service._get_empty_totals()
        as_of = service._get_as_of()
        for proof in service._stream(service._search_orders(), span, as_of):
            service._add_totals(totals, proof, as_of)
        others = ("double", "outside", "edited", "overlap", "document", "terms")
        action = {
            "type": "ir.actions.client",
            "tag": "billing_completeness",
            "params": {"start": fields.Date.to_string(span.start), "months": 1},
        }
        yield self._prepare_check(
            "holes", self.env._("Holes"), totals["hole"]["count"], action
        )
        yield self._prepare_check(
            "doubles",
            self.env._("Doubles and other differences"),
            sum(totals[kind]["count"] for kind in others),
            action,
        )

    def _check_drafts(self, span):
        """No document of a run is left a draft."""
        domain = [
            ("company_id", "=", self.env.company.id),
            ("state", "=", "draft"),
            ("line_ids.billing_entry_ids", "!=", False),
            ("invoice_date", "<=", span.last),
        ]
        action = self.env["ir.actions.actions"]._for_xml_id(
            "recurring_billing.account_move_action_billing"
        )
        return self._prepare_check(
            "drafts",
            self.env._("Draft invoices"),
            self.env["account.move"].search_count(domain),
            {**action, "domain": domain, "context": {"create": False}},
        )

    def _check_replay(self, span):
        """Every entry of the month comes out the same from its own facts."""
        state = self.env["billing.replay.check"]._get_state(
            self.env.company, span.start
        )
        action = self.env["ir.actions.actions"]._for_xml_id(
            "recurring_billing.billing_replay_check_action"
        )
        check = self._prepare_check(
            "replay", self.env._("Replay of the ledger"), state["differing"], action
        )
        if not state["checked"]:
            text = self.env._("not replayed yet")
            check.update(done=False, text=text, action=action)
        return check
