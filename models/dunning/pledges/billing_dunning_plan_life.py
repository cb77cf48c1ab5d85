"""A payment plan is offered, accepted, followed by payments, and ended."""

from odoo import models
from odoo.exceptions import UserError

from ....engine.promises import Instalment, plan_state
from ...plan.numbers import as_decimal
from .billing_dunning_facts import pledge_writer


class BillingDunningPlan(models.Model):
    _inherit = "billing.dunning.plan"

    # === Buttons === #

    def action_offer(self):
        """Let the customer think it over: no reminder until the first instalment."""
        self._check_may_end()
        for plan in self:
            plan._check_complete()
            plan._check_no_other()
        pledge_writer(self).state = "offered"
        self._note_next()

    def action_accept(self):
        """The customer agrees: the plan runs."""
        self.check_access("write")
        self._accept()

    def _accept(self):
        """Let plans run that are prepared or offered.

        :raises UserError: when one is over, or something of it does not fit.
        """
        for plan in self:
            if plan.state not in ("draft", "offered"):
                plan._check_live()
            plan._check_complete()
            plan._check_no_other()
            pledge_writer(plan).write(
                {"state": "running", "accepted_on": plan.company_id._billing_today()}
            )
        self._note_next()
        self._replace_promises()

    def action_cancel(self):
        """Nothing comes of it: reminders go on."""
        self.check_access("write")
        over = self.filtered(lambda plan: plan.state in ("kept", "cancelled"))
        over._check_live()
        pledge_writer(self).write({"state": "cancelled", "next_on": False})

    def _check_no_other(self):
        """An invoice is paid by one plan."""
        other = self.env["billing.dunning.plan.item"].search(
            [
                ("plan_id", "!=", self.id),
                ("plan_id.state", "in", ("offered", "running")),
                ("move_id", "in", self.item_ids.move_id.ids),
            ]
        )
        keys = {(item.move_id, item.date_maturity) for item in self.item_ids}
        for item in other:
            if (item.move_id, item.date_maturity) in keys:
                raise UserError(
                    self.env._(
                        "%(document)s is in another plan of %(customer)s already. "
                        "Cancel that one first.",
                        document=item.move_id.name,
                        customer=self.partner_id.display_name,
                    )
                )

    def _replace_promises(self):
        """The plan is the last word on its invoices, and on the balance as a whole."""
        promises = self.env["billing.dunning.promise"].search(
            [
                ("state", "=", "open"),
                ("company_id", "in", self.company_id.ids),
                ("partner_id", "in", self.partner_id.ids),
            ]
        )
        replaced = promises.filtered(
            lambda promise: any(
                plan.partner_id == promise.partner_id
                and plan.company_id == promise.company_id
                and plan.currency_id == promise.currency_id
                and (not promise.move_id or promise.move_id in plan.item_ids.move_id)
                for plan in self
            )
        )
        pledge_writer(replaced).state = "withdrawn"

    def _note_next(self):
        for plan in self:
            first = plan.instalment_ids.sorted("due_on")[:1]
            pledge_writer(plan).write(
                {"next_on": first.due_on, "next_amount": first.amount}
            )

    # === Facts === #

    def _follow(self, paid, on):
        """Let the payments decide.

        :param paid: what was settled since, by plan item id.
        """
        for plan in self:
            for item in plan.item_ids:
                now = float(min(paid[item.id], as_decimal(item.amount)))
                if item.paid_amount != now:
                    pledge_writer(item).paid_amount = now
            vals = plan._get_facts(on)
            changed = {key: val for key, val in vals.items() if plan[key] != val}
            if changed:
                pledge_writer(plan).write(changed)

    def _get_facts(self, on):
        """What the payments of the items say of the plan on a day."""
        paid = sum(as_decimal(item.paid_amount) for item in self.item_ids)
        standing = plan_state(
            [
                Instalment(part.due_on, as_decimal(part.amount))
                for part in self.instalment_ids.sorted("due_on")
            ],
            paid=paid,
            on=on,
            tolerance=self.company_id.billing_pledge_days,
        )
        following = standing.following
        facts = {
            "paid_amount": float(paid),
            "paid_count": standing.covered,
            "next_on": following.due if following else False,
            "next_amount": float(following.amount) if following else 0.0,
        }
        if self.state == "offered":
            return {**facts, **self._get_answer(standing, on)}
        return {
            **facts,
            "state": standing.state,
            "broken_on": standing.broken_since or False,
        }

    def _get_answer(self, standing, on):
        """Who pays the first instalment accepts; who lets it pass does not."""
        if standing.covered:
            return {"state": standing.state, "accepted_on": on}
        return {"state": "cancelled" if standing.broken_since else "offered"}
