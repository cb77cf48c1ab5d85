from datetime import datetime

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.misc import format_date, format_time, formatLang

from ....engine.dunning_actions import OPEN
from ...plan.wording import amount_text


class BillingDunningAction(models.Model):
    """A reminder as people read it."""

    _inherit = "billing.dunning.action"

    sentence = fields.Char(string="What happened", compute="_compute_sentence")
    days_late = fields.Integer(compute="_compute_days_late")
    phone = fields.Char(compute="_compute_phone")
    needs_person = fields.Boolean(
        compute="_compute_needs_person", search="_search_needs_person"
    )

    @api.depends("oldest_due", "company_id")
    def _compute_days_late(self):
        for action in self:
            due = action.oldest_due
            today = action.company_id._billing_today()
            action.days_late = max((today - due).days, 0) if due else 0

    @api.depends("partner_id")
    def _compute_phone(self):
        for action in self:
            contact = action.case_id._billing_get_contact()
            action.phone = contact.phone or action.partner_id.phone

    @api.depends("state")
    def _compute_needs_person(self):
        for action in self:
            action.needs_person = action.state in ("to_approve", "failed", "unknown")

    def _search_needs_person(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("state", "in", ["to_approve", "failed", "unknown"])]

    @api.depends_context("lang")
    @api.depends("state", "answer", "reason_code", "reason_facts", "result", "email")
    def _compute_sentence(self):
        for action in self:
            action.sentence = action._get_sentence()

    def _get_step(self):
        """The name of the step, also when it is not in the policy any more."""
        return self.level_id.name or self.env._("Step no longer in the policy")

    def _get_sentence(self):
        """What happened to it, in one sentence."""
        self.ensure_one()
        env, recipient = self.env, self.email or self.contact_id.name or ""
        if self.state == "skipped":
            return self._get_skipped_text()
        if self.state == "failed":
            return env._(
                "Not delivered to %(recipient)s: %(answer)s",
                recipient=recipient or self.partner_id.name,
                answer=self.answer or env._("no reason was given"),
            )
        if self.state == "unknown":
            return env._(
                "The answer of the mail server for %(recipient)s was lost after the "
                "message had left: it may have arrived. Ask the customer before you "
                "send it again.",
                recipient=recipient,
            )
        if self.state == "done":
            return self._get_done_text(recipient)
        if self.state == "to_approve":
            return self._get_waiting_text()
        if self.failures:
            return env._(
                "The mail server put it off: %(answer)s. It is tried again.",
                answer=(self.answer or "").rstrip("."),
            )
        return env._("Leaves in a moment.")

    def _get_done_text(self, recipient):
        day = format_date(self.env, self.contact_on)
        if self.result:
            results = dict(self._fields["result"]._description_selection(self.env))
            return self.env._(
                "Called on %(day)s: %(result)s", day=day, result=results[self.result]
            )
        if self.email:
            return self.env._(
                "Sent to %(recipient)s on %(day)s", recipient=recipient, day=day
            )
        return self.env._("Done on %(day)s", day=day)

    def _get_waiting_text(self):
        return {
            "email": self.env._("Waits for approval."),
            "sms": self.env._("Waits for approval."),
            "call": self.env._("Call, then note what was said."),
            "letter": self.env._("Print the letter and post it."),
            "registered": self.env._("Print the registered letter and post it."),
            "handover": self.env._("Hand the file over, then note it."),
        }[self.channel]

    # === Why it was not made === #

    def _get_skipped_text(self):
        """ "Not sent: Cabinet Morel paid 1,840.00 € at 09:12." """
        return self.env._("Not sent: %(reason)s.", reason=self._get_skipped_reason())

    def _get_skipped_reason(self):
        facts = self.reason_facts or {}
        if self.reason_code == "paid":
            return self._get_paid_text(facts)
        if self.reason_code == "no_answer":
            return self.env._("nobody answered the phone")
        if self.reason_code == "bounced":
            return self.env._("an earlier reminder came back")
        if self.reason_code == "copy":
            return self.env._("this database is a copy, nothing leaves it")
        case = self.case_id
        return (case._get_reason_text_of(self.reason_code, facts) or "").rstrip(".")

    def _get_paid_text(self, facts):
        currency = self.env["res.currency"].browse(facts["currency"])
        moment = datetime.fromisoformat(facts["at"])
        local = self.env["billing.sending"]._to_local(moment, self.company_id)
        values = {
            "customer": self.partner_id.name,
            "amount": amount_text(self.env, float(facts["amount"]), currency),
            "day": format_date(self.env, local.date()),
            "time": format_time(self.env, local.time(), time_format="short"),
        }
        if local.date() == self.company_id._billing_today():
            return self.env._("%(customer)s paid %(amount)s at %(time)s", **values)
        return self.env._(
            "%(customer)s paid %(amount)s on %(day)s at %(time)s", **values
        )

    # === Above the list === #

    @api.model
    def get_billing_headline(self, domain):
        """How much there is to do, and what keeps reminders from leaving.

        :param list domain: of the list.
        :return: a sentence.
        """
        here = Domain(domain) & Domain("state", "in", sorted(OPEN - {"sending"}))
        count, amount = self._read_group(here, [], ["__count", "amount:sum"])[0]
        alert = self.env["billing.dunning"]._get_alert_text()
        return " ".join(filter(None, (alert, self._get_work_text(count, amount))))

    @api.model
    def _get_work_text(self, count, amount):
        if not count:
            return self._get_nothing_text()
        currencies = self.env.companies.currency_id
        number = formatLang(self.env, count, digits=0)
        if len(currencies) > 1:
            return self.env._("%(count)s to do.", count=number)
        return self.env._(
            "%(count)s to do, %(amount)s at stake.",
            count=number,
            amount=amount_text(self.env, amount or 0, currencies),
        )

    @api.model
    def _get_nothing_text(self):
        coming = self.env["billing.dunning.case"].search(
            [
                ("company_id", "in", self.env.companies.ids),
                ("state", "=", "open"),
                ("next_on", ">", self.env.company._billing_today()),
            ],
            order="next_on",
            limit=1,
        )
        if not coming:
            return self.env._("Nobody to chase today.")
        return self.env._(
            "Nobody to chase today. The next step: %(day)s.",
            day=format_date(self.env, coming.next_on),
        )
