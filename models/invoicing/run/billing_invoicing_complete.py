"""Invoices created complete: with the tax lines that core would add afterwards.

Core creates the lines of an invoice, computes its taxes, then writes each line again:
two fifths of its time. Given complete lines it finds nothing to do. The amounts come
from core's own helpers, so the books are the same, column by column; what core alone
can compute stays with core.
"""

from collections import defaultdict

from odoo import Command, models

#: What core need not look for on complete lines.
COMPLETE = {
    "skip_analytic_sync": True,
    "skip_invoice_line_sync": True,
    "disable_abnormal_invoice_detection": True,
}


class BillingInvoicing(models.AbstractModel):
    _inherit = "billing.invoicing"

    def _complete_documents(self, documents, vals_list):
        """Add taxes and balances to the values of documents of the common path.

        :param vals_list: values for ``account.move`` of each document, changed in
            place; those of other documents are left for core to complete.
        """
        computed = self._compute_documents(documents, vals_list)
        keys = [document.bills[0][0].item.group_key for document in documents]
        # Complete ones are created first: within a group that would change the order
        # of its periods, and so of its numbers.
        plain = {
            key for key, lines in zip(keys, computed, strict=True) if lines is None
        }
        for key, vals, lines in zip(keys, vals_list, computed, strict=True):
            if key not in plain:
                self._complete_vals(vals, lines)

    def _compute_documents(self, documents, vals_list):
        """Compute the taxes of documents of the common path.

        :return: for each document its lines as core's tax computation reads them, with
            rounded amounts, or None.
        """
        lookup = CommonPath(self.env)
        computed = [
            lookup.prepare(document, vals) if lookup.accepts(document, vals) else None
            for document, vals in zip(documents, vals_list, strict=True)
        ]
        self._compute_taxes([lines for lines in computed if lines])
        return computed

    def _compute_taxes(self, line_groups):
        """Compute and round the taxes of the lines of each document.

        :param line_groups: a list of base lines per document.
        """
        taxes, company = self.env["account.tax"], self.env.company
        taxes._add_tax_details_in_base_lines(
            [line for lines in line_groups for line in lines], company
        )
        for lines in line_groups:
            taxes._round_base_lines_tax_details(lines, company)

    def _complete_vals(self, vals, lines):
        """Give each line its amounts and tags, add the lines of taxes and due dates."""
        taxes, company = self.env["account.tax"], self.env.company
        # An invoice never counts as exigible at once: see core's always_tax_exigible.
        taxes._add_accounting_data_in_base_lines_tax_details(
            lines, company, include_caba_tags=False
        )
        result = taxes._prepare_tax_lines(lines, company)
        commands = vals.pop("invoice_line_ids")
        for command, (line, amounts) in zip(
            commands, result["base_lines_to_update"], strict=True
        ):
            command[2].update(
                amounts,
                account_id=line["account_id"].id,
                price_subtotal=line["tax_details"]["total_excluded_currency"],
                price_total=line["tax_details"]["total_included_currency"],
            )
        tax_lines = [
            {**tax_line, "display_type": "tax"}
            for tax_line in result["tax_lines_to_add"]
        ]
        due = self._prepare_due_lines(
            vals, [command[2] for command in commands], tax_lines
        )
        vals["line_ids"] = commands + list(map(Command.create, [*tax_lines, *due]))

    def _prepare_due_lines(self, vals, products, taxes):
        """The receivable lines, one a due date, as core computes them.

        :param products: values of the product lines, balances included.
        :param taxes: values of the tax lines.
        """
        # Sales are credits of the accounts; what is due for them is a debit.
        untaxed = -sum(line["balance"] for line in products)
        untaxed_currency = -sum(line["amount_currency"] for line in products)
        tax = -sum(line["balance"] for line in taxes)
        tax_currency = -sum(line["amount_currency"] for line in taxes)
        common = {"display_type": "payment_term", "discount_date": False}
        common.update(discount_balance=0.0, discount_amount_currency=0.0)
        term = self.env["account.payment.term"].browse(vals["invoice_payment_term_id"])
        if not term:
            return [
                {
                    **common,
                    "date_maturity": self.env.company._billing_today(),
                    "balance": untaxed + tax,
                    "amount_currency": untaxed_currency + tax_currency,
                }
            ]
        terms = term._compute_terms(
            date_ref=vals["invoice_date"],
            currency=self.env["res.currency"].browse(vals["currency_id"]),
            company=self.env.company,
            tax_amount=tax,
            tax_amount_currency=tax_currency,
            untaxed_amount=untaxed,
            untaxed_amount_currency=untaxed_currency,
            sign=1,
        )
        discounts = ("discount_date", "discount_balance", "discount_amount_currency")
        common.update((name, terms.get(name) or common[name]) for name in discounts)
        found = {}
        for line in terms["line_ids"]:
            due = found.setdefault(
                line["date"], {"balance": 0.0, "amount_currency": 0.0}
            )
            due["balance"] += line["company_amount"]
            due["amount_currency"] += line["foreign_amount"]
        return [
            {**common, "date_maturity": day, **amounts}
            for day, amounts in found.items()
        ]


class CommonPath:
    """Which documents can be completed, and what is read once for all of them."""

    def __init__(self, env):
        self.env = env
        self.company = env.company
        # Core distributes by models, and shows discounts, once the lines exist.
        models_of = env["account.analytic.distribution.model"]
        # Whether there is one, of any company, is no secret.
        self.adds_lines = bool(
            self.company.account_discount_expense_allocation_id
            or models_of.sudo().search_count([], limit=1)
        )
        self.accounts = {}
        self.rates = {}
        self.records = defaultdict(dict)

    def accepts(self, document, vals):
        """Whether core would add nothing to the document but taxes and its due dates.

        :param document: an invoice of charges; a credit note or native lines are
            core's.
        """
        if self.adds_lines or document.sign < 0 or document.extra:
            return False
        term = self._browse("account.payment.term", vals["invoice_payment_term_id"])
        if term.early_discount and term.early_pay_discount_computation == "mixed":
            return False
        fiscal_position = vals["fiscal_position_id"]
        return all(
            command[2]["product_id"]
            and self._get_account(command[2]["product_id"], fiscal_position)
            for command in vals["invoice_line_ids"]
        )

    def prepare(self, document, vals):
        """The lines of a document as core's tax computation reads them."""
        currency = self._browse("res.currency", vals["currency_id"])
        partner = self._browse("res.partner", vals["partner_id"])
        common = {
            "currency_id": currency,
            "partner_id": partner.commercial_partner_id,
            "rate": self._get_rate(currency, vals["invoice_date"]),
            "sign": -1,
            "is_refund": False,
        }
        lines = []
        for (bill, charge), command in zip(
            document.rows, vals["invoice_line_ids"], strict=True
        ):
            # Where no model distributes, core takes what the order says.
            distribution = bill.lines[charge.line].analytic_distribution
            command[2].setdefault("analytic_distribution", distribution)
            lines.append(
                self._prepare_line(command[2], vals["fiscal_position_id"], common)
            )
        return lines

    def _prepare_line(self, vals, fiscal_position, common):
        account = vals.get("account_id") or self._get_account(
            vals["product_id"], fiscal_position
        )
        return self.env["account.tax"]._prepare_base_line_for_taxes_computation(
            {},
            product_id=self._browse("product.product", vals["product_id"]),
            product_uom_id=self._browse("uom.uom", vals["product_uom_id"]),
            tax_ids=self._browse("account.tax", tuple(vals["tax_ids"][0][2])),
            price_unit=vals["price_unit"],
            quantity=vals["quantity"],
            discount=vals["discount"],
            account_id=self._browse("account.account", account),
            analytic_distribution=vals["analytic_distribution"],
            name=vals["name"],
            **common,
        )

    def _get_rate(self, currency, day):
        key = currency.id, day
        if key not in self.rates:
            self.rates[key] = self.env["res.currency"]._get_conversion_rate(
                from_currency=self.company.currency_id,
                to_currency=currency,
                company=self.company,
                date=day,
            )
        return self.rates[key]

    def _get_account(self, product_id, fiscal_position_id):
        """The income account of a product, as core finds it; False when core would
        look further.
        """
        key = product_id, fiscal_position_id
        if key not in self.accounts:
            product = self._browse("product.product", product_id)
            self.accounts[key] = product.product_tmpl_id.get_product_accounts(
                fiscal_pos=self._browse("account.fiscal.position", fiscal_position_id)
            )["income"].id
        return self.accounts[key]

    def _browse(self, model, ids):
        """The same record for the same id: reading it again costs nothing."""
        found = self.records[model]
        if ids not in found:
            found[ids] = self.env[model].browse(ids or ())
        return found[ids]
