"""What a person approved of an invoice, and whether it still holds when it is made."""

from odoo import models

from ....engine.canonical import digest
from ....engine.fingerprint import moved


class BillingInvoicing(models.AbstractModel):
    _inherit = "billing.invoicing"

    # === The facts === #

    def _read_ahead(self, bills):
        """Read what facts are made of, for all bills at once.

        :return: the memory of :meth:`_get_facts`, shared by the bills.
        """
        ids = [line for bill in bills for line in bill.lines]
        lines = self.env["sale.order.line"].browse(ids)
        # Lines of one order know only each other; together they take one query.
        lines.mapped("tax_ids")
        return {"module": self._get_module_version()}

    def _get_facts(self, bill, documents, group_key, known):
        """What an approval of an item stands on (``docs/flows/rehearsal.md``).

        Not in it: the document's date, rate, number and payment, which the run's day
        decides.

        :param documents: (document, anything, charges of the bill on it) triples.
        :param str group_key: who shares the documents, as known now.
        :param dict known: what :meth:`_read_ahead` gave.
        :rtype: dict
        """
        told = {}
        for index, (document, _priced, charges) in enumerate(documents, start=1):
            scheduled = self._get_scheduled_day(charges)
            # The regular invoice keeps its name when a missed one joins it.
            name = "last" if index == len(documents) else scheduled
            told[name] = {
                **self._get_document_facts(document),
                "scheduled": scheduled,
                "charges": {
                    f"{c.line}|{c.period.start}|{c.kind}": self._get_charge_facts(
                        bill.lines[c.line], c, known
                    )
                    for c in charges
                },
                "extra": {
                    str(line.id): self._get_extra_facts(line, known)
                    for line in document.extra.get(bill.item.id, ())
                },
            }
        return {
            "documents": told,
            "group": group_key,
            "module": known["module"],
        }

    def _get_scheduled_day(self, charges):
        return str(max((c.scheduled for c in charges), default=""))

    def _get_document_facts(self, document):
        """What the members of a document share."""
        order = document.bills[0][0].order
        partner, plan = order.partner_invoice_id, order.billing_plan_id
        return {
            "type": "invoice" if document.sign > 0 else "credit_note",
            "partner": partner.id,
            "address": "\n".join(
                filter(
                    None,
                    (
                        partner.name,
                        partner.street,
                        partner.street2,
                        partner.zip,
                        partner.city,
                        partner.state_id.name,
                        partner.country_id.code,
                    ),
                )
            ),
            "currency": order.currency_id.id,
            "fiscal_position": order.fiscal_position_id.id,
            "terms": order.payment_term_id.id,
            "journal": (order.journal_id or plan.journal_id).id,
            "members": sorted(bill.order.id for bill, _charges in document.bills),
        }

    def _get_charge_facts(self, line, charge, known):
        corrected = charge.charged < 0 and self._get_corrected_line(line, charge)
        if corrected:
            # A credit follows the invoice line it corrects.
            accounting = self._get_accounting_facts(
                corrected.tax_ids,
                corrected.account_id,
                corrected.analytic_distribution,
            )
        else:
            accounting = self._get_line_facts(line, known)
        return {
            "kind": charge.kind,
            "end": charge.period.last.isoformat(),
            "quantity": _text(charge.quantity),
            "price": _text(charge.price),
            "discount": _text(charge.discount),
            "fraction": str(charge.fraction),
            "amount": _text(charge.charged),
            "settled": _text(charge.settled),
            "version": ", ".join(
                dict.fromkeys(
                    f"{version['start']}#{version['sequence']}"
                    for part in charge.facts["parts"]
                    for version in part["versions"]
                )
            ),
            **accounting,
        }

    def _get_extra_facts(self, line, known):
        return {
            "quantity": str(line.qty_to_invoice),
            "price": str(line.price_unit),
            "discount": str(line.discount),
            **self._get_line_facts(line, known),
        }

    def _get_line_facts(self, line, known):
        """Taxes, account and analytic of a line; many lines share theirs."""
        position = line.order_id.fiscal_position_id
        analytic = line.analytic_distribution
        key = (line.product_id, position, line.tax_ids, str(analytic))
        if key not in known:
            accounts = line.product_id.product_tmpl_id.get_product_accounts(position)
            known[key] = self._get_accounting_facts(
                line.tax_ids, accounts["income"], analytic
            )
        return known[key]

    def _get_accounting_facts(self, taxes, account, analytic):
        return {
            "taxes": {
                str(tax.id): f"{tax.amount_type} {tax.amount}"
                + (" included" if tax.price_include else "")
                for tax in taxes.flatten_taxes_hierarchy()
            },
            "account": account.id,
            "analytic": {key: str(share) for key, share in (analytic or {}).items()},
        }

    def _get_module_version(self):
        # The version of the code is no secret to who bills with it.
        modules = self.env["ir.module.module"].sudo()
        return modules._get("recurring_billing").latest_version or ""

    # === What the run does with an approval === #

    def _drop_moved(self, bills):
        """The bills without those whose approval ended or whose facts moved.

        What was never approved, in a run without a rehearsal, passes.

        :param bills: ``Bill`` of whole groups.
        """
        approved = [bill for bill in bills if bill.item.approved_at]
        if not approved:
            return bills
        groups, refused, known = {}, set(), self._read_ahead(approved)
        for bill in approved:
            groups.setdefault(bill.item.group_key, []).append(bill)
        for group in groups.values():
            own = {bill.item.id: [] for bill in group}
            for document in self._split_documents(group)[0]:
                for bill, charges in document.bills:
                    own[bill.item.id].append((document, None, charges))
            for bill in group:
                sentence = self._get_objection(bill, own[bill.item.id], known)
                if sentence:
                    refused.add(bill.item.id)
                    # Its own bookkeeping: users read items, the service writes them.
                    bill.item.sudo().write({"state": "refused", "message": sentence})
        return [bill for bill in bills if bill.item.id not in refused]

    def _get_objection(self, bill, documents, known):
        """Why an approved item is not billed, in a sentence; empty if it is."""
        item = bill.item
        if item.reserved_until < item.company_id._billing_today():
            return self._get_ended_text(item)
        key = item.order_id._get_billing_group_key()
        facts = self._get_facts(bill, documents, key, known)
        if digest(facts) == item.facts_hash:
            return ""
        return self._get_moved_text(item, moved(item.facts, facts))

    def _skip_items(self, items):
        # EXTENDS the run: who approved it should know why it was not billed here.
        super()._skip_items(items)
        for item in items.filtered("approved_at"):
            # Its own bookkeeping, as above.
            item.sudo().message = self.env._(
                "%(order)s: nothing is due any more. It was billed or ended after the "
                "approval.",
                order=item.order_id.name,
            )


def _text(number):
    """A decimal in its shortest exact writing: 15 and 15.00 are the same quantity."""
    return format(number.normalize() + 0, "f")
