from markupsafe import Markup

from odoo import models
from odoo.exceptions import UserError


class BillingDunningAction(models.Model):
    """What a person does: a letter, a call, an SMS, a file handed over."""

    _inherit = "billing.dunning.action"

    # === Letters === #

    def action_print(self):
        """Print a letter; from then on it counts as posted.

        Printed again, it is the same file.
        """
        self.ensure_one()
        self._check_officer()
        if self.channel not in ("letter", "registered"):
            raise UserError(
                self.env._("%(step)s is no letter.", step=self.display_name)
            )
        if not self.attachment_id:
            if self not in self._filter_may("made")._filter_due():
                return self._tell_not_sent(0)
            self._print()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self.attachment_id.id}?download=1",
            "target": "download",
        }

    def _print(self):
        """Make the letter, keep it with the case, and note that it leaves."""
        case = self.case_id.with_context(
            lang=self.case_id._billing_get_language(),
            billing_dunning_level_id=self.level_id.id,
        )
        report = self.env["ir.actions.report"].with_context(**case.env.context)
        content, _kind = report._render_qweb_pdf(
            "recurring_billing.action_report_dunning_letter", case.ids
        )
        # The case's files are kept by the service, whoever prints.
        attachment = (
            self.env["ir.attachment"]
            .sudo()
            .create(
                {
                    "name": f"{case._billing_get_letter_name()}.pdf",
                    "raw": content,
                    "mimetype": "application/pdf",
                    "res_model": case._name,
                    "res_id": case.id,
                }
            )
        )
        message = self._log(
            self.env._("%(step)s: printed to be posted.", step=self._get_step()),
            attachment_ids=attachment.ids,
        )
        self._note_made(attachment_id=attachment.id, mail_message_id=message.id)

    # === Calls === #

    def action_log_call(self):
        """Ask what the customer said."""
        self.ensure_one()
        self._check_officer()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Result of the call"),
            "res_model": "billing.dunning.call",
            "view_mode": "form",
            "target": "new",
            "context": {"default_action_id": self.id},
        }

    def _log_call(self, result, note):
        """Note a call. Nobody answered: it comes again tomorrow.

        :param str result: as in the field.
        :param str note: what was said.
        """
        results = dict(self._fields["result"]._description_selection(self.env))
        text = self.env._("Called: %(result)s", result=results[result])
        if note:
            text = Markup("%s<br/>%s") % (text, note)
        message = self._log(text)
        if result == "no_answer":
            self._close_activities()
            self._apply("dropped", reason_code="no_answer", result=result)
            self.env["billing.dunning.hold"].create(
                {
                    "partner_id": self.partner_id.id,
                    "company_id": self.company_id.id,
                    "since": self.company_id._billing_today(),
                    "until": self.company_id._billing_today(),
                    "reason": self.env._("Nobody answered the phone"),
                }
            )
            return
        self._note_made(result=result, mail_message_id=message.id)

    # === Short messages === #

    def _send_sms(self):
        """Hand a short message over to Odoo's own queue of SMS, where there is one."""
        case, contact = self.case_id, self.case_id._billing_get_contact()
        if "sms.sms" not in self.env:
            raise UserError(
                self.env._(
                    "Odoo's SMS are not installed. Send it yourself, then note it as "
                    "done."
                )
            )
        if not contact.phone:
            raise UserError(
                self.env._(
                    "%(contact)s has no phone number. Enter one, then send again.",
                    contact=contact.display_name,
                )
            )
        text = self._render_sms()
        message = case._message_sms(
            text, partner_ids=contact.ids, put_in_queue=True, sms_numbers=None
        )
        self._note_made(contact_id=contact.id, body=text, mail_message_id=message.id)

    def _render_sms(self):
        """The short message, in the customer's language."""
        case = self.case_id._billing_tell(self.level_id)
        level = self.level_id.with_context(lang=case.env.lang)
        return level._get_sms(case._billing_get_words())

    # === Anything else === #

    def action_note_done(self):
        """Note what was done outside: a file handed over, a letter written by hand."""
        self._check_officer()
        rows = self._filter_may("made")
        if not rows:
            raise UserError(
                self.env._("Nothing to note: this is done, or it is under way.")
            )
        due = rows._filter_due()
        for action in due:
            message = action._log(
                self.env._("%(step)s: done by hand.", step=action._get_step())
            )
            action._note_made(mail_message_id=message.id)
        return (rows - due)._tell_not_sent(len(due))

    def _log(self, body, **values):
        # Whoever may make the contact writes it down.
        return self.case_id.sudo().message_post(
            body=body,
            author_id=self.env.user.partner_id.id,
            subtype_xmlid="mail.mt_note",
            **values,
        )

    def _note_made(self, **vals):
        """The contact was made by a person, just now."""
        self._close_activities()
        self._apply(
            "made",
            contact_on=self.company_id._billing_today(),
            done_at=self.env.cr.now(),
            user_id=self.env.uid,
            **vals,
        )
        self._tell_of_it()
        self.env["billing.dunning"].with_company(self.company_id)._refresh(
            self.partner_id
        )
