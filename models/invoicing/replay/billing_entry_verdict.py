"""What a replay found, in words."""

from odoo import models


class BillingEntry(models.Model):
    _inherit = "billing.entry"

    def _get_verdict_text(self, verdict):
        """What a replay found, in words.

        :param Verdict verdict: of the engine, about this entry.
        """
        self.ensure_one()
        if verdict.reason == "no_facts":
            return self.env._("No facts are stored: nothing can be recomputed.")
        if verdict.reason == "unreadable":
            return self._add_moved(
                self.env._("The stored facts cannot be read"), verdict.moved
            )
        ours, stored = self._get_compared(verdict)
        values = {"ours": self._money(ours), "stored": self._money(stored)}
        if verdict.identical:
            return self.env._("Recomputed: %(ours)s, identical.", **values)
        if verdict.reason == "period":
            return self.env._(
                "The ledger says %(stored)s, the facts say %(facts)s.",
                stored=self._get_fact_text("period", verdict.moved.found),
                facts=self._get_fact_text("period", verdict.moved.expected),
            )
        if verdict.reason == "document":
            return self._get_document_verdict()
        if ours != stored:
            text = self.env._("Recomputed %(ours)s, stored %(stored)s", **values)
        else:
            text = self.env._("Recomputed %(ours)s, as stored", **values)
        if verdict.reason == "amount":
            return self.env._(
                "%(text)s: the facts are intact, the amount was changed.", text=text
            )
        return self._add_moved(text, verdict.moved)

    def _get_compared(self, verdict):
        """The amounts to show: the one that differs, the charged one first."""
        currency = self.currency_id
        for ours, stored in (
            (verdict.charged, self.charged_amount),
            (verdict.settled, self.settled_amount),
        ):
            if currency.compare_amounts(float(ours), stored):
                return float(ours), stored
        return float(verdict.charged), float(verdict.charged)

    def _get_document_verdict(self):
        line = self.move_line_id
        return self.env._(
            "The ledger says %(stored)s, the line of %(document)s says another amount.",
            stored=self._money(self.charged_amount),
            document=line.move_id.name or self.env._("this document"),
        )

    def _add_moved(self, text, moved):
        if not moved:
            return self.env._(
                "%(text)s: the facts were changed after they were written.", text=text
            )
        return self.env._(
            "%(text)s: %(fact)s %(found)s instead of %(expected)s.",
            text=text,
            fact=self._get_fact_name(moved.name),
            found=self._get_fact_text(moved.name, moved.found),
            expected=self._get_fact_text(moved.name, moved.expected),
        )
