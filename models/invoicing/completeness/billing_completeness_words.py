"""What the proof found, in words: record, fact, remedy."""

from odoo import models
from odoo.tools.misc import formatLang

from ...plan.wording import amount_text, period_text, signed_text


class BillingCompleteness(models.AbstractModel):
    _inherit = "billing.completeness"

    def _get_state_labels(self):
        """What is said of days, by their state."""
        return {
            "billed": self.env._("billed once"),
            "waived": self.env._("given up"),
            "paused": self.env._("paused"),
            "not_due": self.env._("nothing due"),
            "not_contracted": self.env._("no contract"),
            "missing": self.env._("not billed"),
            "double": self.env._("billed twice"),
            "edited": self.env._("amount differs"),
            "outside": self.env._("outside the contract"),
        }

    def _get_fault_text(self, fault, order):
        """One finding in a sentence, with the remedy.

        :param Fault fault: what was found.
        :param order: its subscription.
        """
        values = {
            "days": period_text(self.env, fault.start, fault.last),
            "amount": amount_text(self.env, fault.amount, order.currency_id),
            "documents": ", ".join(fault.documents) or self.env._("no document"),
        }
        if fault.kind == "document" or fault.reason == "no_entry":
            return self._get_document_text(fault, values)
        if fault.kind == "hole":
            return self.env._("%(days)s: not billed, %(amount)s to invoice.", **values)
        if fault.kind == "double" and len(fault.documents) == 1:
            return self.env._(
                "%(days)s: twice in the ledger (%(amount)s), once on %(documents)s. "
                "Ask an administrator who edited the ledger.",
                **values,
            )
        if fault.kind == "double":
            return self.env._(
                "%(days)s: billed twice (%(documents)s), %(amount)s too much. Credit "
                "one of them.",
                **values,
            )
        if fault.kind == "outside":
            return self.env._(
                "%(days)s: billed outside the contract (%(documents)s), %(amount)s. "
                "Credit it, or correct the dates of the subscription.",
                **values,
            )
        if fault.kind == "edited":
            return self.env._(
                "%(days)s: the ledger differs from the contract by %(difference)s and "
                "nothing explains it (%(documents)s). Ask an administrator who edited "
                "the ledger.",
                difference=signed_text(self.env, fault.amount, order.currency_id),
                **values,
            )
        return self._get_other_text(fault, order, values)

    def _get_other_text(self, fault, order, values):
        if fault.kind == "overlap":
            return self.env._(
                "%(days)s: promised by this line and by the one that it takes over "
                "from, %(amount)s. End the earlier line sooner.",
                **values,
            )
        if fault.kind == "terms":
            return self.env._(
                "The terms cannot be computed. Check the dates and the plan of "
                "%(order)s.",
                order=order.name,
            )
        return self.env._(
            "%(days)s: changed since, the next run settles %(difference)s.",
            difference=signed_text(self.env, fault.amount, order.currency_id),
            **values,
        )

    def _get_document_text(self, fault, values):
        """What is wrong with the document of days."""
        if fault.reason == "no_entry":
            return self.env._(
                "%(days)s: charged by %(documents)s, for which the ledger has no "
                "entry. Credit it before these days are billed again.",
                **values,
            )
        if fault.reason == "line_gone":
            return self.env._(
                "%(days)s: the ledger has %(amount)s, the invoice line is gone. Ask an "
                "administrator who deleted it.",
                **values,
            )
        if fault.reason == "cancelled":
            return self.env._(
                "%(days)s: the ledger counts %(amount)s as billed, %(documents)s is "
                "cancelled. Set it back to draft and cancel it again.",
                **values,
            )
        if fault.reason == "state":
            return self.env._(
                "%(days)s: the ledger and %(documents)s disagree on whether it is "
                "posted. Ask an administrator who edited it.",
                **values,
            )
        if fault.reason == "period":
            return self.env._(
                "%(days)s: %(documents)s charges other days. Ask an administrator who "
                "edited the ledger.",
                **values,
            )
        return self.env._(
            "%(days)s: the ledger says %(amount)s, %(documents)s says something else. "
            "Ask an administrator who edited it.",
            **values,
        )

    # === The sentence === #

    def _get_sentence(self, totals):
        """How things stand, in one sentence with days and company currency."""
        currency = self.env.company.currency_id
        count = self._get_count_text
        parts = [
            self.env._("%(days)s billed once", days=count(totals["billed"])),
            self.env._("%(days)s given up", days=count(totals["waived"])),
            self.env._(
                "%(days)s not billed (%(amount)s)",
                days=count(totals["hole"]["days"]),
                amount=amount_text(self.env, totals["hole"]["amount"], currency),
            ),
        ]
        sentences = [
            self.env._(
                "%(days)s days due: %(parts)s.",
                days=count(totals["due"]),
                parts=", ".join(parts),
            )
        ]
        told = [
            (self.env._("Billed twice"), "double", True),
            (self.env._("Outside the contract"), "outside", True),
            (self.env._("Amount differs"), "edited", False),
            (self.env._("Lines that overlap"), "overlap", False),
            (self.env._("Documents that differ"), "document", False),
            (self.env._("Terms that cannot be computed"), "terms", False),
        ]
        for label, kind, always in told:
            found = totals[kind]
            if found["count"]:
                text = self.env._(
                    "%(label)s: %(days)s days (%(amount)s).",
                    label=label,
                    days=count(found["days"]),
                    amount=amount_text(self.env, found["amount"], currency),
                )
                sentences.append(text)
            elif always:
                sentences.append(self.env._("%(label)s: 0.", label=label))
        if totals["adjustment"]["count"]:
            text = self.env._(
                "The next run settles %(amount)s of changes.",
                amount=signed_text(self.env, totals["adjustment"]["amount"], currency),
            )
            sentences.append(text)
        return " ".join(sentences)

    def _get_count_text(self, number):
        return formatLang(self.env, number, digits=0)

    def _get_kind_labels(self):
        """The kinds of findings, for the export."""
        return {
            "hole": self.env._("Hole"),
            "double": self.env._("Double"),
            "outside": self.env._("Outside the contract"),
            "edited": self.env._("Amount differs"),
            "overlap": self.env._("Lines that overlap"),
            "document": self.env._("Document differs"),
            "terms": self.env._("Terms that cannot be computed"),
            "adjustment": self.env._("Settled by the next run"),
        }
