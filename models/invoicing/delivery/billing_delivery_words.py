from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.misc import formatLang

#: What a list may ask of the state of deliveries.
_ABOUT_STATE = {"state", "needs_person", "is_under_way", "sent_at"}
#: What a document without a delivery knows already, by the delivery's own field.
_OF_DOCUMENT = {
    "company_id": "company_id",
    "customer_id": "commercial_partner_id",
    "run_id": "billing_run_id",
    "document_name": "name",
}


def _ask_document(condition):
    """A condition on deliveries, as one on a document that has none yet.

    Nothing is known of its addresses and channels: no such document is meant.
    """
    head, _dot, rest = condition.field_expr.partition(".")
    if head == "move_id" and condition.operator == "any":
        return Domain(condition.value)
    if head == "move_id" and rest:
        return Domain(rest, condition.operator, condition.value)
    if head == "move_id":
        exact = condition.operator in ("in", "not in")
        name = "id" if exact else "display_name"
        return Domain(name, condition.operator, condition.value)
    if head not in _OF_DOCUMENT:
        return Domain.FALSE
    name = ".".join(filter(None, (_OF_DOCUMENT[head], rest)))
    return Domain(name, condition.operator, condition.value)


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
        if self.state == "replaced":
            return env._(
                "%(recipient)s is no recipient any more: look at the document's other "
                "deliveries.",
                **values,
            )
        if self.state == "held":
            return env._("Held: this database is a copy, nothing leaves it.")
        return env._("Waits to be sent to %(recipient)s", **values)

    @api.model
    def get_billing_headline(self, domain):
        """How many left today, wait, and need a person.

        :param list domain: of the list. What it asks of documents, customers or runs
            counts; what it asks of states does not: the figures are about all states,
            also where the list shows those alone that need a person.
        :return: a sentence; what is wrong with sending itself comes first.
        """
        midnight = self.env["billing.sending"]._get_start_of_day()
        shown = (
            Domain(domain or [])
            .optimize(self)
            .map_conditions(
                lambda one: Domain.TRUE if one.field_expr in _ABOUT_STATE else one
            )
        )
        here = Domain("company_id", "in", self.env.companies.ids)
        rows = here & shown
        sent = self.search_count(rows & Domain("sent_at", ">=", midnight))
        waiting = self.search_count(rows & Domain("is_under_way", "=", True))
        # What was posted since the last turn has no delivery yet.
        waiting += self.env["account.move"].search_count(
            here
            & shown.map_conditions(_ask_document)
            & Domain("billing_delivery_state", "=", "to_send")
            & Domain("state", "=", "posted")
            & Domain("billing_delivery_ids", "=", False)
        )
        persons = self.search_count(rows & Domain("needs_person", "=", True))
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
