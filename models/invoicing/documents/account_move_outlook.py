from fractions import Fraction

from odoo import models
from odoo.tools import SQL
from odoo.tools.misc import format_date

from ....engine.charges import Charge
from ....engine.entries import BilledEntry
from ....engine.errors import BillingError
from ....engine.periods import Period
from ....engine.reasons import reasons
from ...plan.numbers import as_decimal
from ...plan.wording import amount_text, period_text


class AccountMove(models.Model):
    """What a document tells beyond itself: the periods, what changed, what is next."""

    _inherit = "account.move"

    # === The days it is for === #

    def _billing_get_billed_span(self):
        """First and last day of all that it bills, or None."""
        self.ensure_one()
        lines = self.invoice_line_ids.filtered("billing_period_start")
        if not lines:
            return None
        return (
            min(lines.mapped("billing_period_start")),
            max(lines.mapped("billing_period_end")),
        )

    def _billing_get_period_text(self):
        """ "December 2026", or an empty text."""
        period = self._billing_get_billed_span()
        return period_text(self.env, *period) if period else ""

    # === What changed since the document before === #

    def _billing_get_changes(self):
        """Why it differs from the document before, in words; nothing on a first one.

        Told from its own entries and the one before of each line.
        """
        self.ensure_one()
        # What stands on this invoice is no secret to who may read it.
        entries = self.sudo().invoice_line_ids.billing_entry_ids.filtered(
            lambda entry: (
                entry.state != "void" and entry.kind in ("charge", "adjustment")
            )
        )
        lines = entries.sale_line_id
        before = self._billing_get_entries_before(entries)
        known = lines.filtered(lambda line: line.id in before).order_id
        entries = entries.filtered(lambda entry: entry.order_id in known)
        if not entries:
            return []
        read_terms = entries.sale_line_id._get_billing_terms_reader()
        told = []
        for line, members in entries.sorted("id").grouped("sale_line_id").items():
            try:
                terms = {line.id: read_terms(line)}
            except BillingError:
                # What cannot be computed today was right when it was billed.
                continue
            found = reasons(
                [self._billing_as_charge(entry) for entry in members],
                before=None,
                terms=terms,
                billed=before,
            )
            told += [line.order_id._get_billing_reason_text(line, one) for one in found]
        return list(dict.fromkeys(told))

    def _billing_get_entries_before(self, entries):
        """The last charge of each line before these entries: ``{line id: [entry]}``."""
        if not entries:
            return {}
        entries.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT line.id, past.kind, past.period_start, past.period_end
                  FROM unnest(%(lines)s) AS line(id)
                  JOIN LATERAL (
                       SELECT kind, period_start, period_end
                         FROM billing_entry
                        WHERE sale_line_id = line.id AND id < %(first)s
                          AND kind IN ('charge', 'opening') AND state <> 'void'
                        ORDER BY period_start DESC
                        LIMIT 1
                       ) AS past ON TRUE
                """,
                lines=entries.sale_line_id.ids,
                first=min(entries.ids),
            )
        )
        nothing = as_decimal(0)
        return {
            line: [BilledEntry(kind, Period.inclusive(start, end), nothing, nothing)]
            for line, kind, start, end in rows
        }

    def _billing_as_charge(self, entry):
        """An entry of the ledger as the engine explains it."""
        printed = entry.move_line_id
        return Charge(
            line=entry.sale_line_id.id,
            kind=entry.kind,
            period=Period.inclusive(entry.period_start, entry.period_end),
            settled=as_decimal(entry.settled_amount),
            charged=as_decimal(entry.charged_amount),
            quantity=as_decimal(printed.quantity),
            price=as_decimal(printed.price_unit),
            discount=as_decimal(printed.discount),
            fraction=Fraction(entry.fraction or 1),
            facts=entry.facts or {},
            scheduled=entry.scheduled_date,
        )

    # === What is next === #

    def _billing_get_next(self):
        """The next invoice of the same subscriptions: ``date`` and ``amount`` as texts,
        and both in a sentence (``text``).

        :return: None before posting, and when nothing more is to come.
        """
        self.ensure_one()
        if self.state != "posted" or self.move_type != "out_invoice":
            return None
        # What will be invoiced to a customer is no secret to them.
        orders = self.sudo().invoice_line_ids.billing_entry_ids.order_id
        if not orders:
            return None
        # As of this document's day: printed late, it says what it said.
        previews = (
            self.env["billing.preview"]
            .sudo()
            ._get_previews(orders, as_of=self.invoice_date)
        )
        coming = [found[0] for found in previews.values() if found]
        if not coming:
            return None
        day = min(preview.day for preview in coming)
        coming = [preview for preview in coming if preview.day == day]
        total = sum(preview.total for preview in coming)
        untaxed = sum(preview.untaxed for preview in coming)
        if self.currency_id.compare_amounts(total, 0) <= 0:
            return None
        values = {
            "date": format_date(self.env, day),
            "amount": amount_text(self.env, total, self.currency_id),
        }
        if self.currency_id.compare_amounts(total, untaxed):
            text = self.env._("Next invoice: %(date)s, %(amount)s incl. tax", **values)
        else:
            text = self.env._("Next invoice: %(date)s, %(amount)s", **values)
        return {**values, "text": text}
