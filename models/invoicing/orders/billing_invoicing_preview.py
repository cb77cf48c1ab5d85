"""The next document as the customer will see it, made by the run's own code."""

from odoo import models
from odoo.exceptions import UserError


class _Shown(Exception):
    """Rolls back the document that was made to be looked at."""


class BillingInvoicing(models.AbstractModel):
    _inherit = "billing.invoicing"

    def _render_next_document(self, order):
        """The next invoice of a subscription as a page of HTML; nothing of it stays.

        It is made as the run will make it, left a draft (no number is used), rendered
        and rolled back.

        :raises UserError: when nothing is to come, or the run would set it aside.
        :rtype: Markup
        """
        order.ensure_one()
        preview = next(iter(self.env["billing.preview"]._get_previews(order)[order]), 0)
        if not preview:
            raise UserError(
                self.env._("%(order)s: nothing is to be invoiced.", order=order.name)
            )
        return self._render_document(order, preview.day)

    def _render_document(self, orders, day):
        """The document that a run of a day makes of subscriptions that share it.

        :param orders: of one company, with the same group key.
        :raises UserError: when nothing is due, or the run would set it aside.
        :rtype: Markup
        """
        page = None
        try:
            with self.env.cr.savepoint():
                page = self._make_and_render(orders, day)
                raise _Shown
        except _Shown:
            self.env.invalidate_all()
        return page

    def _make_and_render(self, order, day):
        run = self.env["billing.run"]._plan_run(order, origin="manual", run_date=day)
        company = order.company_id
        service = self.with_company(company).with_context(
            allowed_company_ids=company.ids,
            tz=company._billing_timezone(),
            # A form asks for sizes of pictures; the page needs the logo itself.
            bin_size=False,
        )
        bills = service._plan_bills(run.item_ids.with_env(service.env), day)
        if not bills:
            raise UserError(run.item_ids[:1].message or order[:1].billing_headline)
        documents, _silent = service._split_documents(bills)
        vals = service._prepare_document_vals(documents[0], day)
        move = service._create_moves([vals])
        language = order.partner_invoice_id.lang or self.env.lang
        page, _kind = (
            service.env["ir.actions.report"]
            .with_context(lang=language)
            ._render_qweb_html("account.account_invoices", move.ids)
        )
        return page.decode()
