from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.misc import formatLang

from ....engine.delivery import NEEDS_PERSON, UNDER_WAY


class BillingDelivery(models.Model):
    """What people read about deliveries."""

    _inherit = "billing.delivery"

    sentence = fields.Char(compute="_compute_sentence")

    @api.depends_context("lang", "uid")
    @api.depends("state", "answer", "sent_at", "email")
    def _compute_sentence(self):
        for delivery in self:
            delivery.sentence = delivery._get_sentence()

    def _get_sentence(self):
        """What happened to this delivery, in one sentence."""
        self.ensure_one()
        env, move = self.env, self.move_id
        values = {
            "recipient": self.email or self.partner_id.display_name or "",
            "answer": self.answer or "",
            **(move._billing_format_moment(self.sent_at) if self.sent_at else {}),
        }
        if self.state == "sent" and self.sent_at:
            return env._("Sent to %(recipient)s on %(date)s at %(time)s", **values)
        if self.state == "received" and self.sent_at:
            return env._("Received by the platform on %(date)s at %(time)s", **values)
        if self.state == "posted" and self.sent_at:
            return env._("Posted by hand on %(date)s", **values)
        if self.state == "portal":
            return env._("On the portal")
        if self.state == "bounced":
            return env._(
                "%(recipient)s refused the message: %(answer)s. Ask for another "
                "address.",
                **values,
            )
        if self.state == "unknown":
            return env._(
                "The answer of the mail server for %(recipient)s was lost after the "
                "message had left: ask the customer before you send it again.",
                **values,
            )
        if self.state == "to_post":
            return env._("To be posted: print it, send it, then note it here.")
        if self.state in ("failed", "no_channel"):
            return self.answer or env._("Not sent: no address.")
        if self.state == "held":
            return env._("Held: this database is a copy, nothing leaves it.")
        return env._("Waits to be sent to %(recipient)s", **values)

    @api.model
    def get_billing_headline(self, domain):
        """How many left today, wait, and need a person.

        :param list domain: of the list: its limits on people, not on states, count.
        :return: a sentence; what is wrong with sending itself comes first.
        """
        midnight = self.env["billing.sending"]._get_start_of_day()
        here = Domain("company_id", "in", self.env.companies.ids)
        sent = self.search_count(here & Domain("sent_at", ">=", midnight))
        waiting = self.search_count(here & Domain("state", "in", sorted(UNDER_WAY)))
        # What was posted since the last turn has no delivery yet.
        waiting += self.env["account.move"].search_count(
            here
            & Domain("billing_delivery_state", "=", "to_send")
            & Domain("state", "=", "posted")
            & Domain("billing_delivery_ids", "=", False)
        )
        persons = self.search_count(here & Domain("state", "in", sorted(NEEDS_PERSON)))
        alert = self.env["billing.sending"]._get_alert_text()
        figures = self.env._(
            "%(sent)s sent today, %(waiting)s queued, %(persons)s for a person.",
            sent=formatLang(self.env, sent, digits=0),
            waiting=formatLang(self.env, waiting, digits=0),
            persons=formatLang(self.env, persons, digits=0),
        )
        return f"{alert} {figures}" if alert else figures

    @api.model
    def _get_list_action(self):
        """The list of deliveries; it offers to switch sending on where it is off."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "recurring_billing.billing_delivery_action"
        )
        sending = self.env["billing.sending"]
        return {
            **action,
            "context": {
                "search_default_needs_person": 1,
                "billing_sending_off": not sending._is_on() and not sending._is_copy(),
            },
        }

    @api.model
    def action_switch_on(self):
        """Let documents leave by themselves again; from the list of deliveries."""
        self.env["billing.sending"].action_switch_on()
        return self._get_list_action()
