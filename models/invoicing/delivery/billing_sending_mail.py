"""A delivery's mail, written with core's machinery and kept out of core's queue."""

from markupsafe import Markup

from odoo import api, models

from .billing_delivery import delivery_writer
from .mail_mail import kept_from_queue

#: What the mails of documents look like: core's own layout of an invoice's mail.
_COMMON = "recurring_billing.mail_template_invoices_together"
_SINGLE = "recurring_billing.mail_template_invoice"


class BillingSending(models.AbstractModel):
    _inherit = "billing.sending"

    @api.model
    def _write_mail(self, rows):
        """Write the mail of deliveries that share it: one recipient, one message.

        The message stands in the document's chatter, so that an answer finds its way;
        its author follows, so that the answer is read.

        :param rows: queued ``billing.delivery`` of one company and address.
        :return: the ``mail.mail``, which core's queue never sees.
        """
        first = rows[0]
        lang = first.lang or first.partner_id.lang or self.env.lang
        moves = rows.move_id.with_context(lang=lang, billing_invoices=rows.move_id.ids)
        template = self._get_template(rows)
        author, email_from = self._get_author(moves[0], template, lang)
        message = self._post_message(
            moves,
            template,
            lang,
            author_id=author.id,
            email_from=email_from,
            partner_ids=first.partner_id.ids,
            **({"message_id": first.message_ref} if first.message_ref else {}),
        )
        if author and not author.partner_share:
            moves[0]._message_subscribe(partner_ids=author.ids)
        mail = self._get_mail(message, first)
        delivery_writer(rows).write(
            {
                "mail_id": mail.id,
                "mail_message_id": message.id,
                "message_ref": message.message_id,
            }
        )
        return mail

    @api.model
    def _post_message(self, moves, template, lang, **values):
        """Post the message of a mail onto the first of its documents.

        :param values: author, recipient and, for a mail that was sent before, its
            Message-Id.
        :return: the ``mail.message``.
        """
        move = moves[0]
        thread = kept_from_queue(move).with_context(
            disable_attachment_import=True,
            no_document=True,
            email_notification_allow_footer=True,
            # The customer does not follow; the author does, added by us.
            mail_post_autofollow=False,
            mail_post_autofollow_author_skip=True,
            mail_notify_force_send=False,
            # Written without tracking; sent without that flag, or no one follows.
            tracking_disable=False,
        )
        body = self._render_field(
            template, move, lang, "body_html", options={"post_process": True}
        )
        message = thread.message_post(
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            subject=self._render_field(template, move, lang, "subject"),
            body=body or Markup(),
            attachments=self._get_files(moves),
            email_layout_xmlid=self.env["account.move.send"]._get_mail_layout(),
            email_add_signature=False,
            mail_auto_delete=True,
            reply_to_force_new=False,
            notify_skip_followers=True,
            notify_author=True,
            model_description=move.type_name,
            **values,
        )
        # Copies belong to the message, not a second time to the document; so does
        # core with its own mails.
        message.attachment_ids.sudo().write(
            {"res_model": message._name, "res_id": message.id}
        )
        return message

    @api.model
    def _get_template(self, rows):
        """The template of a mail: a common one for several documents."""
        if len(rows) > 1:
            return self.env.ref(_COMMON)
        if rows.template_id:
            return rows.template_id
        move = rows.move_id
        own = self.env.ref(_SINGLE, raise_if_not_found=False)
        if own and move.move_type == "out_invoice":
            return own
        return move._get_mail_template()

    @api.model
    def _render_field(self, template, move, lang, name, **options):
        # Templates read what the reader of the mail may know, not only the sender.
        rendered = (
            template.sudo()
            .with_context(
                lang=lang,
                billing_mail_lang=lang,
                billing_invoices=move.env.context.get("billing_invoices"),
            )
            ._render_field(name, move.ids, **options)
        )
        return rendered[move.id]

    @api.model
    def _get_author(self, move, template, lang):
        """Who writes to the customer: somebody whom an answer reaches."""
        email_from = self._render_field(template, move, lang, "email_from")
        author_id, email_from = move._message_compute_author(email_from=email_from)
        author = self.env["res.partner"].browse(author_id)
        responsible = move._billing_get_responsible()
        root = self.env.ref("base.partner_root")
        if responsible and (not author or author == root or author.partner_share):
            author = responsible.partner_id
            email_from = responsible.email_formatted or email_from
        return author, email_from or move.company_id.email_formatted

    @api.model
    def _get_files(self, moves):
        """(name, content) of what goes with the mail: PDF and electronic files."""
        send = self.env["account.move.send"]
        return [
            (attachment.name, attachment.raw)
            for move in moves
            for attachment in send._get_invoice_extra_attachments(move)
        ]
