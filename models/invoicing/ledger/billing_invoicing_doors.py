"""What happens to entries when a document is deleted, cancelled, edited or credited."""

from decimal import Decimal
from fractions import Fraction

from odoo import models
from odoo.exceptions import UserError
from odoo.tools.misc import format_date

from ....engine.document_facts import (
    document_facts,
    emptied_facts,
    given_up_facts,
    reversed_facts,
)
from ....engine.entries import settled_by_document
from ....engine.facts import opening_facts
from ....engine.periods import Period
from ....engine.printing import PrintedLine
from ....engine.promise import opening_entry
from ...plan.numbers import as_decimal
from .billing_entry import ledger_writer


def charged_on(line):
    """What an invoice line says, in its own price convention, as a charge is signed.

    :param line: an ``account.move.line`` of an invoice or credit note.
    :rtype: Decimal
    """
    return printed_on(line).amount(as_decimal(line.currency_id.rounding))


def printed_on(line):
    """An invoice line as the engine reads it.

    :rtype: PrintedLine
    """
    return PrintedLine(
        quantity=as_decimal(line.quantity),
        price=as_decimal(line.price_unit),
        discount=as_decimal(line.discount),
        credit=line.move_id.move_type == "out_refund",
        name=line.move_id.name or "",
    )


def is_credit(line):
    """Whether a document line credits another one, made by hand from its invoice."""
    return bool(line.billing_origin_line_id and line.move_id.move_type == "out_refund")


class BillingInvoicing(models.AbstractModel):
    _inherit = "billing.invoicing"

    # === Draft: deleted, given up, edited === #

    def _free_lines(self, lines):
        """Forget the entries of draft invoice lines: their days are billed later."""
        # The ledger has no write access for users; this is its door.
        entries = ledger_writer(lines.sudo().billing_entry_ids)
        orders = entries.order_id
        entries.unlink()
        self._refresh_orders(orders.with_env(self.env))

    def _give_up_lines(self, lines):
        """Replace the entries of draft lines by waivers: their days stay settled."""
        # The ledger has no write access for users; this is its door.
        for entry in ledger_writer(lines.sudo().billing_entry_ids):
            settled, facts = entry.settled_amount, entry.facts or {}
            vals = {
                "charged_amount": 0,
                "concession_amount": 0,
                "move_line_id": False,
                "state": "posted",
                "facts": given_up_facts(facts),
            }
            if entry.kind == "charge":
                # The days stay covered by a charge of nothing.
                entry.copy({**vals, "kind": "waiver", "settled_amount": settled})
                entry.write(
                    {**vals, "settled_amount": 0, "facts": emptied_facts(facts)}
                )
            else:
                entry.write({**vals, "kind": "waiver"})

    def _sync_concessions(self, lines, reason=None):
        """Bring the charged amounts in line with what edited drafts say now.

        The difference to what was settled is a concession of the user: the period
        stays settled, and a later credit gives back only what was charged.
        """
        for line in lines:
            # The ledger has no write access for users; this is its door.
            entry = ledger_writer(
                line.sudo().billing_entry_ids.filtered(lambda e: e.kind != "waiver")
            )[:1]
            if not entry or entry.state != "draft":
                continue
            charged = charged_on(line)
            before = as_decimal(entry.charged_amount)
            if charged == before:
                continue
            conceded = as_decimal(entry.concession_amount) + before - charged
            entry.write(
                {
                    "charged_amount": charged,
                    "concession_amount": conceded,
                    "concession_user_id": self.env.uid,
                    "concession_reason": reason or entry.concession_reason,
                }
            )

    # === Posted, reset, cancelled === #

    def _post_entries(self, moves):
        """Follow posted documents; a credit note writes what it takes back."""
        lines = moves.invoice_line_ids
        # Whether there is an entry is no secret to who may post the document.
        own = lines.filtered(lambda line: line.sudo().billing_entry_ids)
        self._sync_concessions(own)
        for line in own:
            sign = line.move_id._get_billing_sign()
            # The ledger has no write access for users; this is its door.
            entries = ledger_writer(line.sudo().billing_entry_ids)
            entries.filtered(lambda e: e.state == "draft").write(
                {"state": "posted", "untaxed_amount": sign * line.price_subtotal}
            )
        credits = (lines - own).filtered(
            # Whether there is an entry is no secret to who may post the document.
            lambda line: (
                is_credit(line) and line.billing_origin_line_id.sudo().billing_entry_ids
            )
        )
        if credits:
            self._write_credit_entries(credits)
            # Which subscription an invoice bills is no secret to who may post it.
            entries = credits.billing_origin_line_id.sudo().billing_entry_ids
            self._refresh_orders(entries.order_id.with_env(self.env))

    def _unpost_entries(self, moves):
        """Follow documents back to draft; a credit note gives nothing back any more."""
        lines = moves.invoice_line_ids
        for line in lines:
            # The ledger has no write access for users; this is its door.
            entries = ledger_writer(line.sudo().billing_entry_ids)
            if is_credit(line):
                self._void(entries)
            else:
                entries.filtered(lambda e: e.state == "posted").state = "draft"
        self._refresh_orders(lines.sale_line_ids.order_id)

    def _void_entries(self, moves):
        """Free the days of cancelled documents; the entries stay as a trace."""
        # The ledger has no write access for users; this is its door.
        entries = ledger_writer(moves.invoice_line_ids.sudo().billing_entry_ids)
        orders = entries.order_id
        self._void(entries)
        self._refresh_orders(orders.with_env(self.env))

    def _void(self, entries):
        for entry in entries:
            entry.write(
                {
                    "state": "void",
                    "document_name": entry.move_id.name or entry.move_id.display_name,
                    "void_line_ref": entry.move_line_id.id,
                    "move_line_id": False,
                }
            )

    def _revive_entries(self, moves):
        """Take cancelled documents back to draft, if their days are still free.

        A credit note writes its entries anew when it is posted.

        :raises UserError: when the period was billed elsewhere meanwhile.
        """
        lines = moves.invoice_line_ids.filtered(lambda line: not is_credit(line))
        # The ledger has no write access for users; this is its door.
        entries = (
            self.env["billing.entry"]
            .sudo()
            .search(
                [
                    ("state", "=", "void"),
                    ("void_line_ref", "in", lines.ids),
                ]
            )
        )
        for entry in entries:
            self._check_days_free(entry)
            ledger_writer(entry).write(
                {
                    "state": "draft",
                    "move_line_id": entry.void_line_ref,
                    "void_line_ref": False,
                }
            )
        self._refresh_orders(entries.order_id.with_env(self.env))

    def _check_days_free(self, entry):
        """Refuse to revive a void entry whose days were billed elsewhere meanwhile."""
        taken = entry.search(
            [
                ("sale_line_id", "=", entry.sale_line_id.id),
                ("state", "!=", "void"),
                ("kind", "in", ("charge", "opening")),
                ("period_start", "<=", entry.period_end),
                ("period_end", ">=", entry.period_start),
            ],
            limit=1,
        )
        if taken and entry.kind in ("charge", "opening"):
            raise UserError(
                self.env._(
                    "%(document)s cannot come back: %(start)s to %(end)s of "
                    "%(order)s was billed on %(other)s meanwhile. Delete this "
                    "document, or credit the other one first.",
                    document=entry.document_name,
                    start=format_date(self.env, entry.period_start),
                    end=format_date(self.env, entry.period_end),
                    order=entry.order_id.name,
                    other=taken.move_id.display_name or taken.display_name,
                )
            )

    # === Credit notes and what replaces an invoice === #

    def _write_credit_entries(self, lines):
        """Adjustments with the amounts of posted credit note lines.

        :raises UserError: when nobody said whether the periods are billed again.
        """
        undecided = lines.move_id.filtered(lambda move: not move.billing_rebill)
        if undecided:
            raise UserError(
                self.env._(
                    "%(move)s credits billed periods. Say on it whether these periods "
                    "are billed again or given up, then post it.",
                    move=undecided[0].display_name,
                )
            )
        for line in lines:
            entry = self._copy_entry_for(line, state="posted")
            if line.move_id.billing_rebill == "given_up":
                ledger_writer(entry).copy(
                    {
                        "kind": "waiver",
                        "settled_amount": -entry.settled_amount,
                        "charged_amount": 0,
                        "untaxed_amount": 0,
                        "state": "posted",
                        "facts": reversed_facts(entry.facts),
                    }
                )

    def _take_over(self, moves):
        """Let a draft that replaces a credited invoice settle the same periods."""
        for line in moves.invoice_line_ids:
            # Whether there is an entry is no secret to who may credit the invoice.
            if line.billing_origin_line_id.sudo().billing_entry_ids:
                self._copy_entry_for(line, state="draft")
        orders = moves.invoice_line_ids.sale_line_ids.order_id
        self._refresh_orders(orders)

    def _copy_entry_for(self, line, state):
        """The adjustment that a document line with an origin stands for."""
        # The ledger has no write access for users; this is its door.
        origin = line.billing_origin_line_id.sudo().billing_entry_ids.filtered(
            lambda entry: entry.kind != "waiver"
        )[:1]
        charged = charged_on(line)
        settled = settled_by_document(
            charged,
            origin_settled=as_decimal(origin.settled_amount),
            origin_charged=as_decimal(origin.charged_amount),
            step=as_decimal(line.currency_id.rounding),
        )
        sign = line.move_id._get_billing_sign()
        return ledger_writer(origin).copy(
            {
                "kind": "adjustment",
                "state": state,
                "settled_amount": settled,
                "charged_amount": charged,
                "untaxed_amount": sign * line.price_subtotal,
                "concession_amount": 0,
                "scheduled_date": line.move_id.invoice_date,
                "facts": self._prepare_document_facts(line, origin),
                "move_line_id": line.id,
                "run_item_id": False,
            }
        )

    def _prepare_document_facts(self, line, origin):
        """What the adjustment of a document line was computed from."""
        settled = as_decimal(origin.settled_amount)
        charged = as_decimal(origin.charged_amount)
        return document_facts(
            printed_on(line),
            period=Period.inclusive(origin.period_start, origin.period_end),
            step=as_decimal(line.currency_id.rounding),
            settled_ratio=Fraction(settled) / Fraction(charged)
            if charged
            else Fraction(1),
            corrects=origin.id,
            scheduled=line.move_id.invoice_date or None,
        )

    # === Opening === #

    def _open_ledger(self, untils, move_lines=None):
        """Settle the days that were billed elsewhere.

        :param dict untils: the last day that is already billed, by line.
        :param dict move_lines: the posted invoice line that paid for a line, by line
            id; its amount is then what was charged.
        """
        rows = []
        lines = self.env["sale.order.line"].union(*untils)
        terms = lines._get_billing_terms()
        for line, until in untils.items():
            move_line = (move_lines or {}).get(line.id)
            charged = charged_on(move_line) if move_line else Decimal(0)
            entry = opening_entry(terms[line.id], until, charged=charged)
            if entry:
                facts = opening_facts(
                    terms[line.id],
                    period=entry.period,
                    document=printed_on(move_line) if move_line else None,
                )
                rows.append(self._prepare_opening_row(line, entry, move_line, facts))
        if rows:
            self.env.flush_all()
            self._insert_entries(rows)
            self._mark_versions_used(
                [(row["sale_line_id"], row["period_end"]) for row in rows]
            )
            self._refresh_orders(lines.order_id)

    def _prepare_opening_row(self, line, entry, move_line, facts):
        return {
            **self._prepare_row(line, entry, move_line),
            "facts": facts,
            "untaxed_amount": move_line.price_subtotal if move_line else None,
        }

    def _forget_void_entries(self, entries):
        """Let an order go that was never billed: only its void traces hold it."""
        ledger_writer(entries).unlink()
