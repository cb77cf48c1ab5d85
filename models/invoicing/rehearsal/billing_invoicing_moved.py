"""Which fact moved after an approval, in words."""

from odoo import models
from odoo.tools.misc import format_date

from ....engine.fingerprint import ABSENT
from ...plan.wording import amount_text

#: What is named when several facts moved: the cause before what follows from it.
_ORDER = (
    "quantity",
    "discount",
    "end",
    "price",
    "charges",
    "extra",
    "documents",
    "partner",
    "address",
    "currency",
    "fiscal_position",
    "taxes",
    "account",
    "analytic",
    "terms",
    "journal",
    "members",
    "scheduled",
    "kind",
    "fraction",
    "amount",
    "settled",
    "version",
    "type",
    "group",
    "module",
)
#: Facts that are the id of a record, and its model.
_RECORDS = {
    "partner": "res.partner",
    "currency": "res.currency",
    "fiscal_position": "account.fiscal.position",
    "terms": "account.payment.term",
    "journal": "account.journal",
    "account": "account.account",
}


class BillingInvoicing(models.AbstractModel):
    _inherit = "billing.invoicing"

    def _get_ended_text(self, item):
        return self.env._(
            "%(customer)s was not billed: the approval ended on %(date)s. Rehearse it "
            "again.",
            customer=item.partner_id.display_name,
            date=format_date(self.env, item.reserved_until),
        )

    def _get_moved_text(self, item, differences):
        """The sentence of a refused item: record, the fact that moved, remedy.

        :param differences: what :func:`~engine.fingerprint.moved` found.
        """
        path, old, new = min(differences, key=lambda found: _rank(found[0]))
        fact = _fact(path)
        values = {
            "customer": item.partner_id.display_name,
            "fact": self._name_fact(fact, path),
            "old": self._say_fact(item, fact, old),
            "new": self._say_fact(item, fact, new),
        }
        swapped = self._get_swapped_taxes(path, differences)
        if swapped:
            old, new = values["old"], values["new"] = swapped
            values["fact"] = self._name_fact(fact, path[:-1])
        if old is ABSENT:
            return self.env._(
                "%(customer)s was not billed: %(fact)s was added after your approval. "
                "Rehearse it again.",
                **values,
            )
        if new is ABSENT:
            return self.env._(
                "%(customer)s was not billed: %(fact)s fell away after your approval. "
                "Rehearse it again.",
                **values,
            )
        if fact == "quantity":
            return self.env._(
                "%(customer)s was not billed: %(fact)s went from %(old)s to %(new)s "
                "after your approval. Rehearse it again.",
                **values,
            )
        # An unrounded price may differ beyond what is printed of it.
        if not values["old"] or values["old"] == values["new"] or not values["new"]:
            return self.env._(
                "%(customer)s was not billed: %(fact)s changed after your approval. "
                "Rehearse it again.",
                **values,
            )
        return self.env._(
            "%(customer)s was not billed: %(fact)s is %(new)s, it was %(old)s when you "
            "approved. Rehearse it again.",
            **values,
        )

    def _name_fact(self, fact, path):
        """A path of the facts as people call it: the one table of their names."""
        line = self._get_named_line(path)
        what = line.product_id.name or line.name or ""
        names = {
            "quantity": self.env._("quantity of '%(what)s'", what=what),
            "discount": self.env._("the discount of '%(what)s'", what=what),
            "price": self.env._("the price of '%(what)s'", what=what),
            "end": self.env._("the last day billed of '%(what)s'", what=what),
            "charges": f"'{what}'",
            "extra": f"'{what}'",
            "documents": self.env._("an invoice"),
            "partner": self.env._("the invoice address"),
            "address": self.env._("the text of the invoice address"),
            "currency": self.env._("the currency"),
            "fiscal_position": self.env._("the fiscal position"),
            "taxes": self._name_tax_fact(path, what),
            "account": self.env._("the account of '%(what)s'", what=what),
            "analytic": self.env._("the analytic share of '%(what)s'", what=what),
            "terms": self.env._("the payment term"),
            "journal": self.env._("the journal"),
            "members": self.env._("who shares the invoice"),
            "scheduled": self.env._("the due day of the invoice"),
            "kind": self.env._("the kind of charge of '%(what)s'", what=what),
            "fraction": self.env._("the share of the period of '%(what)s'", what=what),
            "amount": self.env._("the amount of '%(what)s'", what=what),
            "settled": self.env._("the settled amount of '%(what)s'", what=what),
            "version": self.env._("the terms of '%(what)s'", what=what),
            "type": self.env._("the kind of document"),
            "group": self.env._("the grouping of invoices"),
            "module": self.env._("the version of Recurring Billing"),
        }
        return names[fact]

    def _get_named_line(self, path):
        """The order line that a path is about; none for what the document says."""
        lines = self.env["sale.order.line"]
        if len(path) < 4 or path[2] not in ("charges", "extra"):
            return lines
        # A line may be gone since; then its name is not known any more.
        return lines.browse(int(path[3].partition("|")[0])).exists()

    def _say_fact(self, item, fact, value):
        """A value of the facts as people read it; empty when words do not help."""
        if value is ABSENT or fact in ("charges", "extra", "documents"):
            return ""
        if fact in ("group", "members", "version", "type", "kind"):
            return ""
        if fact in _RECORDS:
            record = self.env[_RECORDS[fact]].browse(value or 0).exists()
            if fact == "account" and record:
                return f"{record.code} {record.name}"
            return record.display_name or self.env._("none")
        if fact in ("end", "scheduled"):
            return format_date(self.env, value) if value else ""
        if fact in ("price", "amount", "settled"):
            return amount_text(self.env, value, item.currency_id)
        if fact == "discount":
            return f"{value} %"
        if fact == "address":
            return ", ".join(value.split("\n"))
        if fact == "taxes":
            return value.partition(" ")[2]
        return value

    def _name_tax_fact(self, path, what):
        if "taxes" not in path[:-1]:
            return self.env._("the tax of '%(what)s'", what=what)
        return self.env._(
            "the tax %(tax)s of '%(what)s'", tax=self._name_tax(path), what=what
        )

    def _name_tax(self, path):
        tax = self.env["account.tax"].browse(int(path[-1])).exists()
        return tax.name or self.env._("deleted meanwhile")

    def _get_swapped_taxes(self, path, differences):
        """Names of the taxes before and after, where a line changed from one to
        another; None for everything else.
        """
        if "taxes" not in path[:-1]:
            return None
        beside = [found for found in differences if found[0][:-1] == path[:-1]]
        gone = [self._name_tax(found[0]) for found in beside if found[2] is ABSENT]
        come = [self._name_tax(found[0]) for found in beside if found[1] is ABSENT]
        return (", ".join(gone), ", ".join(come)) if gone and come else None


def _fact(path):
    """The fact that a path is about: the innermost step that has a name."""
    return next(step for step in reversed(path) if step in _ORDER)


def _rank(path):
    return _ORDER.index(_fact(path))
