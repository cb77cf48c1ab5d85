from datetime import timedelta

from odoo import models
from odoo.exceptions import AccessError, UserError

#: So long may a person take back what was approved.
UNDO = timedelta(seconds=5)


class BillingDunningAction(models.Model):
    """What the collections officer does with reminders that are sent by mail or SMS."""

    _inherit = "billing.dunning.action"

    def _check_officer(self):
        if not self.env.user.has_group(
            "recurring_billing.recurring_billing_group_officer"
        ):
            raise AccessError(
                self.env._(
                    "Reminders are approved by a collections officer. Ask one of them."
                )
            )
        # Whose they are is told by the rules of companies.
        self.check_access("read")

    def action_approve(self):
        """Send reminders by mail and SMS as they are shown, if they are still due."""
        self._check_officer()
        rows = self._filter_may("approved").filtered(
            lambda action: action.channel in ("email", "sms")
        )
        if not rows:
            raise UserError(
                self.env._(
                    "Nothing to send here: mails and SMS are under way or done. Print "
                    "letters, and note calls."
                )
            )
        due = rows._filter_due()
        due.filtered(lambda action: action.channel == "email")._approve_mails()
        for action in due.filtered(lambda action: action.channel == "sms"):
            action._send_sms()
        return (rows - due)._tell_not_sent(len(due))

    def _approve_mails(self):
        """Queue mails with the words they have now."""
        service = self.env["billing.dunning.sending"]
        at = self.env.cr.now() + UNDO
        for action in self:
            subject, body = action._render_words()
            action._apply(
                "approved",
                subject=subject,
                body=body,
                user_id=self.env.uid,
                next_try_at=at,
                failures=0,
            )
        if self:
            service._wake(at)

    def action_recall(self):
        """Take back what was approved and has not left yet."""
        self._check_officer()
        rows = self._filter_may("recalled")
        if not rows:
            raise UserError(
                self.env._("It has left already, or it is leaving right now.")
            )
        rows._drop_mails()
        rows._apply("recalled", next_try_at=False, subject=False, body=False)

    def action_send_again(self):
        """Send what failed, or what is in doubt, with the addresses of today.

        What is in doubt goes out under the same Message-Id, so that a recipient who has
        it already can tell.
        """
        self._check_officer()
        rows = self._filter_may("again").filtered(
            lambda action: action.channel == "email"
        )
        rows._check_alone()
        if not rows:
            raise UserError(
                self.env._("Nothing to send again: choose what failed or is in doubt.")
            )
        at = self.env.cr.now()
        for action in rows:
            ref = action.message_ref if action.state == "unknown" else False
            action._close_activities()
            action._drop_mails()
            action._apply("again", next_try_at=at, failures=0, message_ref=ref)
        self.env["billing.dunning.sending"]._wake()

    def action_confirm_arrival(self):
        """Note that what was in doubt has arrived."""
        self._check_officer()
        rows = self._filter_may("confirmed")
        if not rows:
            raise UserError(
                self.env._("Nothing is in doubt here: choose what has no answer.")
            )
        rows._apply("confirmed", done_at=self.env.cr.now())
        rows._close_activities()

    def _check_alone(self):
        """Refuse to send again while the customer has another reminder under way."""
        others = self.search(
            [
                ("case_id", "in", self.case_id.ids),
                ("state", "in", ["to_approve", "queued", "sending", "failed"]),
                ("id", "not in", self.ids),
            ]
        )
        if others:
            raise UserError(
                self.env._(
                    "%(customer)s has another reminder under way: %(step)s. Skip it "
                    "first.",
                    customer=others[0].partner_id.name,
                    step=others[0]._get_step(),
                )
            )

    def action_skip(self):
        """Ask until when nothing leaves, and why."""
        self._check_officer()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Skip until…"),
            "res_model": "billing.dunning.skip",
            "view_mode": "form",
            "target": "new",
            "context": {"default_action_ids": self.ids},
        }

    def action_open_case(self):
        """The case of the reminder."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "billing.dunning.case",
            "res_id": self.case_id.id,
            "view_mode": "form",
        }

    # === Asked again === #

    def _filter_due(self):
        """Those that the books still call for; the others are skipped, or wait."""
        due = self.browse()
        for company, rows in self.grouped("company_id").items():
            service = self.env["billing.dunning"].with_company(company)
            due |= service._decide_again(rows, by_hand=True).with_env(self.env)
        return due & self

    def _tell_not_sent(self, sent):
        """What the officer reads when some were not due any more; else nothing.

        :param int sent: how many leave.
        """
        if not self:
            return None
        told = [
            f"{action.partner_id.name}: {action._get_held_text()}" for action in self
        ]
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "sticky": True,
                "title": self.env._("%(count)s leave", count=sent),
                "message": "\n".join(told),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _get_held_text(self):
        """Why it does not leave now."""
        if self.state == "skipped":
            return self.sentence
        return self.env._(
            "Held: %(reason)s.", reason=(self.case_id.reason_text or "").rstrip(".")
        )
