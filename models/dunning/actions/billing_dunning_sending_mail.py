"""The mail of a reminder: written with core's machinery, kept out of core's queue."""

from markupsafe import Markup

from odoo import api, models
from odoo.tools.mail import email_normalize_all

from ...invoicing.delivery.mail_mail import kept_from_queue
from .billing_dunning_action import action_writer


class BillingDunningSending(models.AbstractModel):
    _inherit = "billing.dunning.sending"

    @api.model
    def _make_invoices(self, rows):
        """Make the PDFs that steps attach, for all at once.

        :return: those whose files are there; the others need a person.
        """
        attaching = rows.filtered("level_id.attach_invoices")
        moves = self._get_moves(attaching)
        faults = self.env["billing.rendering"]._render(moves) if moves else {}
        good = rows.browse()
        for row in rows:
            wrong = [
                faults[move]
                for move in (
                    self._get_moves(row) if row in attaching else moves.browse()
                )
                if move in faults
            ]
            if wrong:
                self._refuse(row, wrong[0])
            else:
                good |= row
        return good

    @api.model
    def _get_moves(self, rows):
        """The invoices that reminders name, the oldest due first."""
        ids = [
            item["move"]
            for row in rows
            for item in sorted(row.items or (), key=lambda item: item["due"])
        ]
        return self.env["account.move"].browse(dict.fromkeys(ids))

    @api.model
    def _write_mail(self, row):
        """Write the mail of a reminder: one message in the chatter of the case.

        :return: the ``mail.mail``, which core's queue never sees.
        """
        case = row.case_id
        contact = case._billing_get_contact()
        found = email_normalize_all(contact.email or "")
        action_writer(row).write(
            {"contact_id": contact.id, "email": found[0] if found else False}
        )
        if not found:
            self._refuse(row, self._get_no_address_text(row))
            return self.env["mail.mail"]
        subject, body = row.subject, row.body
        if not body:
            subject, body = row._render_words()
        message = self._post_message(row, subject, body)
        mail = self._get_mail(message, row)
        action_writer(row).write(
            {
                "subject": subject,
                "body": body,
                "mail_id": mail.id,
                "mail_message_id": message.id,
                "message_ref": message.message_id,
            }
        )
        return mail

    @api.model
    def _post_message(self, row, subject, body):
        """Post the message onto the case; its author follows, so answers are read."""
        lang = row.case_id._billing_get_language()
        case = row.case_id.with_context(lang=lang)
        author, email_from = self._get_author(case, row.level_id)
        thread = kept_from_queue(case).with_context(
            email_notification_allow_footer=True,
            mail_post_autofollow=False,
            mail_post_autofollow_author_skip=True,
            mail_notify_force_send=False,
            tracking_disable=False,
        )
        values = {"message_id": row.message_ref} if row.message_ref else {}
        message = thread.message_post(
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            subject=subject,
            # Rendered from our own template, as the officer saw it.
            body=Markup(body or ""),
            author_id=author.id,
            email_from=email_from,
            partner_ids=row.contact_id.ids,
            attachments=self._get_files(row),
            email_layout_xmlid="recurring_billing.dunning_mail_layout",
            email_add_signature=False,
            mail_auto_delete=True,
            reply_to_force_new=False,
            notify_skip_followers=True,
            notify_author=True,
            **values,
        )
        # Copies belong to the message, not a second time to the case.
        message.attachment_ids.sudo().write(
            {"res_model": message._name, "res_id": message.id}
        )
        if author and not author.partner_share:
            case._message_subscribe(partner_ids=author.ids)
        return message

    @api.model
    def _get_author(self, case, level):
        """Who writes to the customer: somebody whom an answer reaches."""
        user = case.owner_id or case.company_id.billing_answer_user_id
        root = self.env.ref("base.partner_root")
        author = user.partner_id or root
        email_from = level.template_id and case._billing_tell(level)._billing_render(
            level, "email_from"
        )
        return author, email_from or user.email_formatted or author.email_formatted

    @api.model
    def _get_files(self, row):
        """(name, content) of what goes with the mail: invoices, statement."""
        files, level = [], row.level_id
        if level.attach_invoices:
            send = self.env["account.move.send"]
            files += [
                (attachment.name, attachment.raw)
                for move in self._get_moves(row)
                for attachment in send._get_invoice_extra_attachments(move)
            ]
        if level.attach_statement:
            files.append(self._get_statement(row))
        return files

    @api.model
    def _get_statement(self, row):
        """The statement of account until today, from before the oldest due date on."""
        today = row.company_id._billing_today()
        statement = self.env["billing.statement"].create(
            {
                "partner_ids": row.partner_id.ids,
                "company_id": row.company_id.id,
                "start_date": min(row.oldest_due, today).replace(month=1, day=1),
                "end_date": today,
            }
        )
        report = self.env["ir.actions.report"].with_context(
            lang=row.case_id._billing_get_language()
        )
        content, _kind = report._render_qweb_pdf(
            "recurring_billing.action_report_statement", statement.ids
        )
        name = row.with_context(lang=report.env.lang)._get_statement_name()
        return f"{name}.pdf", content


class BillingDunningAction(models.Model):
    _inherit = "billing.dunning.action"

    def _get_statement_name(self):
        return self.env._("Statement of account - %(name)s", name=self.partner_id.name)

    def _ask_to_call(self):
        """Ask the owners to call, with what to say."""
        for action in self:
            _subject, script = action._render_words()
            action._schedule(
                self.env._(
                    "Call %(customer)s: %(step)s",
                    customer=action.partner_id.name,
                    step=action._get_step(),
                ),
                note=script,
            )

    def _tell_of_it(self):
        """Tell who the step wants to be told that it was done."""
        for action in self:
            user = action._get_told()
            if user:
                action._schedule(
                    self.env._(
                        "%(step)s: %(customer)s",
                        step=action._get_step(),
                        customer=action.partner_id.name,
                    ),
                    user=user,
                )

    def _get_told(self):
        """The user whom the step alerts; empty for nobody."""
        alert = self.level_id.alert
        if alert == "owner":
            return self._get_owner()
        if alert == "salesperson":
            return self.partner_id.user_id
        if alert == "manager":
            manager = self.env.ref("recurring_billing.recurring_billing_group_manager")
            # Who manages is read for everybody: it names who is told, and no more.
            users = manager.sudo().all_user_ids.filtered(
                lambda user: self.company_id in user.company_ids and not user.share
            )
            return (
                self.company_id.billing_answer_user_id & users or users.sorted("id")[:1]
            )
        return self.env["res.users"]
