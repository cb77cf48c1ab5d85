"""What the books need of a document to come: journal, accounts, taxes, an original.

Read on prefetched records, and once a batch where many items share the answer: the
checks run for every item of every run and rehearsal.
"""

from dataclasses import dataclass, field

from odoo import models

from .billing_invoicing_causes import ParkedFor


@dataclass(eq=False)
class Checked:
    """What was found once for all items of a batch.

    Compared by identity: two batches never share what they found.
    """

    found: dict = field(default_factory=dict)


class BillingInvoicing(models.AbstractModel):
    _inherit = "billing.invoicing"

    def _bill_company(self, items):
        # EXTENDS billing.invoicing: what is found once holds for the batch.
        service = self.with_context(billing_checked=Checked())
        return super(BillingInvoicing, service)._bill_company(items)

    def _once(self, key, find):
        """What ``find()`` returns, asked once a batch for the same key."""
        checked = self.env.context.get("billing_checked")
        if checked is None:
            return find()
        if key not in checked.found:
            checked.found[key] = find()
        return checked.found[key]

    def _check_books(self, bill):
        """Refuse what cannot be booked, or not lawfully.

        :raises Parked: record, fact, remedy.
        """
        order = bill.order
        journal = self._check_journal(order)
        lines = self._get_lines_to_book(bill)
        for line in lines:
            self._check_account(order, line.product_id, journal)
            self._check_taxes(order, line)
        self._check_tax_number(order, lines)

    def _get_lines_to_book(self, bill):
        """Order lines that stand on the document with accounts and taxes of their own:
        a credit takes those of the line it corrects.
        """
        charged = {charge.line for charge in bill.charges if charge.charged > 0}
        lines = [line for key, line in bill.lines.items() if key in charged]
        extra = bill.extra_lines or ()
        return lines + [line for line in extra if not line.display_type]

    # === Journal === #

    def _check_journal(self, order):
        """The journal of the document.

        :raises Parked: ``journal_closed``.
        """
        journal = order.journal_id or order.billing_plan_id.journal_id
        company = order.company_id
        if not journal:
            journal = self._once(
                ("journal", company.id), lambda: self._find_sales_journal(company)
            )
        if not journal:
            raise ParkedFor(
                "journal_closed",
                self.env._(
                    "%(order)s: %(company)s has no sales journal. Create one.",
                    order=order.name,
                    company=company.name,
                ),
                company,
            )
        if not journal.active:
            raise ParkedFor(
                "journal_closed",
                self.env._(
                    "%(order)s: the journal %(journal)s is archived. Restore it, or "
                    "choose another one on the plan.",
                    order=order.name,
                    journal=journal.display_name,
                ),
                journal,
            )
        return journal

    def _find_sales_journal(self, company):
        """The journal that core takes; an archived one only when there is no other."""
        journals = self.env["account.journal"]
        domain = [*journals._check_company_domain(company), ("type", "=", "sale")]
        return journals.search(domain, limit=1) or journals.with_context(
            active_test=False
        ).search(domain, limit=1)

    # === Accounts === #

    def _check_account(self, order, product, journal):
        position = order.fiscal_position_id
        fault = self._once(
            ("account", order.company_id.id, product.id, position.id, journal.id),
            lambda: self._find_account_fault(product, position, journal),
        )
        if fault:
            self._raise_account_fault(order, *fault)

    def _find_account_fault(self, product, position, journal):
        """Why a product cannot be booked, as (code, record to mend, account), or None.

        The account is found as core finds it: product, category, company, then the
        journal's own.
        """
        if not product:
            return None
        template = product.product_tmpl_id
        plain = template.get_product_accounts()["income"]
        account = template.get_product_accounts(fiscal_pos=position)["income"]
        account = account or journal.default_account_id
        if not account:
            return "account_missing", product, account
        if account.active:
            return None
        if account != plain and account != journal.default_account_id:
            return "position_account", position, account
        return "account_archived", product, account

    def _raise_account_fault(self, order, code, culprit, account):
        values = {
            "order": order.name,
            "culprit": culprit.display_name,
            "account": account.display_name,
        }
        if code == "account_missing":
            message = self.env._(
                "%(order)s: no income account for %(culprit)s. Enter one on the "
                "product or its category.",
                **values,
            )
        elif code == "position_account":
            message = self.env._(
                "%(order)s: the fiscal position %(culprit)s leads to %(account)s, "
                "which is archived. Map another account on it.",
                **values,
            )
        else:
            message = self.env._(
                "%(order)s: %(account)s, the income account of %(culprit)s, is "
                "archived. Choose another one, or restore it.",
                **values,
            )
        raise ParkedFor(code, message, culprit)

    # === Taxes === #

    def _check_taxes(self, order, line):
        inactive = line.tax_ids.filtered(lambda tax: not tax.active)
        if inactive:
            raise ParkedFor(
                "tax_inactive",
                self.env._(
                    "%(order)s: the tax %(tax)s of %(product)s is inactive. Activate "
                    "it, or choose another one on the line.",
                    order=order.name,
                    tax=inactive[:1].name,
                    product=line.product_id.display_name,
                ),
                inactive[:1],
            )
        if not line.tax_ids and self._needs_tax(order):
            raise ParkedFor(
                "tax_missing",
                self.env._(
                    "%(order)s: no tax on %(product)s, and the electronic invoice of "
                    "%(partner)s demands one. Choose one on the line, of 0 %% where "
                    "none is due.",
                    order=order.name,
                    product=line.product_id.display_name,
                    partner=order.partner_invoice_id.display_name,
                ),
                order,
            )

    def _needs_tax(self, order):
        """Whether the invoice's format wants a tax category on each line (EN 16931,
        BR-CO-04): one chosen for the customer, or core's proposal for a seller in the
        European Union.
        """
        partner = order.partner_invoice_id.commercial_partner_id
        partner = partner.with_company(order.company_id)
        chosen = partner.invoice_edi_format_store
        if partner.invoice_edi_format not in partner._get_ubl_cii_formats():
            return False
        return bool(chosen) or self._is_european(
            order.company_id.account_fiscal_country_id
        )

    def _is_european(self, country):
        return country in self.env.ref("base.europe").country_ids

    def _check_tax_number(self, order, lines):
        """A sale without tax to another country for the customer's tax number needs
        that number on the invoice (directive 2006/112, art. 226 (4); BR-IC-02,
        BR-AE-02).
        """
        position = order.fiscal_position_id
        customer = order.partner_invoice_id.commercial_partner_id
        if not position.vat_required or customer._get_billing_vat():
            return
        home = order.company_id.account_fiscal_country_id
        if not customer.country_id or customer.country_id == home:
            return
        taxes = [tax for line in lines for tax in line.tax_ids]
        if not any(tax.amount for tax in taxes):
            raise ParkedFor(
                "tax_number_missing",
                self.env._(
                    "%(order)s: %(partner)s has no tax number, and %(position)s needs "
                    "it. Enter the number, or choose another fiscal position.",
                    order=order.name,
                    partner=customer.display_name,
                    position=position.name,
                ),
                customer,
            )

    # === Credits === #

    def _check_credit(self, document, move):
        """A credit note names the invoice that it corrects (CGI art. 289-I-5); without
        one nothing can be given back.

        :raises Parked: ``credit_without_invoice``.
        """
        if document.sign > 0 or move.reversed_entry_id:
            return
        order = document.bills[0][0].order
        raise ParkedFor(
            "credit_without_invoice",
            self.env._(
                "%(order)s: a credit would be due, and there is no posted invoice that "
                "it corrects. Post the invoice, or change the price.",
                order=order.name,
            ),
            order,
        )
