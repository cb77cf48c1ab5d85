"""How charges become documents."""

from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from odoo import Command, models
from odoo.tools.misc import format_date

from ....engine.documents import by_document, without_excess_credit
from ....engine.money import line_price
from ....engine.periods import Period
from ....engine.printing import exact_price
from ...plan.numbers import as_decimal
from .account_move_batch import complete_lines, numbering_formats
from .billing_invoicing import Bill
from .billing_invoicing_complete import COMPLETE


@dataclass
class Document:
    """An invoice or credit note to make.

    :param bills: the members that stand on it, with their charges for it.
    :param extra: native lines by bill.
    :param sign: -1 for a credit note: its lines show what the charges say, reversed.
    :param opens: the subscriptions for which it is the first document of the run.
    :param rows: filled while preparing: one (bill, charge or native line) a line.
    """

    bills: list[tuple[Bill, list]]
    extra: dict = field(default_factory=dict)
    sign: int = 1
    opens: list = field(default_factory=list)
    rows: list = field(default_factory=list)


class BillingInvoicing(models.AbstractModel):
    _inherit = "billing.invoicing"

    def _make_documents(self, groups, as_of):
        """Create the documents of groups, write their entries, post what is to post.

        :param groups: lists of ``Bill``; members of a list share documents.
        """
        bills = [bill for group in groups for bill in group]
        for bill in bills:
            bill.untaxed = 0.0
        documents, silent = [], []
        for group in groups:
            found, without = self._split_documents(group)
            documents += found
            silent += without
        vals_list = [self._prepare_document_vals(doc, as_of) for doc in documents]
        self._complete_documents(documents, vals_list)
        lines = self.env["sale.order.line"].browse(
            line_id for bill in bills for line_id in bill.lines
        )
        with lines._billing_keep_sums():
            moves = self._create_moves(vals_list)
            pairs = list(zip(documents, moves, strict=True))
            rows = [row for pair in pairs for row in self._match_lines(*pair)]
            for document, move in pairs:
                self._check_document(document, move)
            self._post_documents(pairs, bills)
            # After posting: a row of the ledger is written once, as it stays.
            self._write_entries(
                rows + [(bill, charge, None) for bill, charge in silent]
            )
            self._add_invoiced(lines, rows)
        lines.invalidate_model(["invoice_lines"])
        self._finish_bills(bills)

    def _post_documents(self, pairs, bills):
        """Post what the plan does not leave a draft."""
        to_post = self._get_moves_to_post(pairs)
        self._check_lock_dates(to_post, bills)
        with numbering_formats(self.env):
            to_post._post(soft=True)

    def _get_moves_to_post(self, pairs):
        return self.env["account.move"].browse(
            move.id
            for document, move in pairs
            if document.bills[0][0].order.billing_plan_id.posting == "post"
        )

    def _add_invoiced(self, lines, rows):
        """Add what was invoiced to core's own sums of the order lines.

        :param rows: (bill, charge, invoice line) of each charge on a document.
        """
        added = []
        for _bill, charge, line in rows:
            sign = line.move_id._get_billing_sign()
            untaxed = sign * line.price_subtotal if line.parent_state == "posted" else 0
            added.append((charge.line, sign * line.quantity, untaxed))
        lines._billing_add_invoiced(added)

    def _create_moves(self, vals_list):
        """Create documents, in the order of their values.

        No note is written for each: the run and the ledger are the trail. Where the
        audit trail is core's notes, they stay.
        """
        context = {
            "tracking_disable": not self.env.company.restrictive_audit_trail,
            "default_move_type": "out_invoice",
        }
        created = {}
        for complete in (True, False):
            numbers = [
                n
                for n, vals in enumerate(vals_list)
                if ("line_ids" in vals) is complete
            ]
            if not numbers:
                continue
            with complete_lines(self.env) if complete else nullcontext():
                moves = (
                    self.env["account.move"]
                    .with_context(**context, **(COMPLETE if complete else {}))
                    .create([vals_list[n] for n in numbers])
                )
            created.update(zip(numbers, moves.ids, strict=True))
        moves = self.env["account.move"].browse(created[n] for n in sorted(created))
        # sale_timesheet marks the hours it bills on the way of core's button only;
        # unmarked, that button bills them again for a range of days.
        if hasattr(moves, "_link_timesheets_to_invoice"):
            moves._link_timesheets_to_invoice()
        return moves

    # === Which charge goes onto which document === #

    def _split_documents(self, group):
        """The documents of a group, and the charges that need none.

        Missed periods make one document each, or one for all; what is due with the
        latest period, adjustments included, stands on the last one.
        """
        buckets, documents, silent = {}, [], []
        placed, opened = set(), set()
        for bill in group:
            form = bill.order.billing_plan_id.catch_up_form
            for key, charges in by_document(bill.charges, form=form).items():
                buckets.setdefault(key, []).append((bill, charges))
        for key in sorted(buckets, key=lambda key: (key is None, key or 0)):
            # Native lines stand on the first document of their subscription.
            extra = {
                bill.item.id: bill.extra_lines
                for bill, _charges in buckets[key]
                if bill.extra_lines and bill.item.id not in placed
            }
            placed.update(extra)
            document, without = self._prepare_document(buckets[key], extra)
            silent += without
            if document:
                orders = [bill.order for bill, _charges in document.bills]
                document.opens = [order for order in orders if order not in opened]
                opened.update(orders)
                documents.append(document)
        return documents, silent

    def _prepare_document(self, members, extra):
        """A document for charges of members, or none when they come to nothing.

        :return: the document or None, and the (bill, charge) pairs without a line.
        """
        sign = 1
        if self._get_total(members, extra) < 0:
            members = [
                (bill, self._carry_over(bill, charges)) for bill, charges in members
            ]
            sign = -1 if self._get_total(members, extra) < 0 else 1
        kept, silent = [], []
        for bill, charges in members:
            wants_zero = bill.order.billing_plan_id.zero_invoice
            has_amount = any(charge.charged for charge in charges)
            shown = [
                charge
                for charge in charges
                if charge.charged
                or (charge.kind == "charge" and (has_amount or wants_zero))
            ]
            silent += [(bill, charge) for charge in charges if charge not in shown]
            if shown or bill.item.id in extra:
                kept.append((bill, shown))
        return (Document(kept, extra, sign) if kept else None), silent

    def _get_total(self, members, extra):
        """What a document of these members would come to, before tax."""
        total = sum(
            (Fraction(c.charged) for _bill, charges in members for c in charges),
            Fraction(0),
        )
        for lines in extra.values():
            for line in lines:
                total += line_price(
                    as_decimal(line.qty_to_invoice),
                    as_decimal(line.price_unit),
                    as_decimal(line.discount),
                )
        return total

    def _carry_over(self, bill, charges):
        """Leave credits out that the plan keeps for a later, positive document.

        They are not written: the promise still differs from the ledger, so they come
        back by themselves. A subscription that is over gets its credit note.
        """
        if bill.order.billing_plan_id.credit_policy == "credit_note":
            return charges
        today = bill.order.company_id._billing_today()
        ends = [line._get_billing_end() for line in bill.lines.values()]
        if all(end and end <= today for end in ends):
            return charges
        return without_excess_credit(charges)

    # === The document's values === #

    def _get_document_date(self, as_of, scheduled=None):
        """The date of a document made for ``as_of``: never back-dated by an outage.

        The company may let an ordinary late run keep the scheduled day, within the
        month and the open period.
        """
        company = self.env.company
        day = max(as_of, company._billing_today())
        if (
            scheduled
            and company.billing_late_date == "scheduled"
            and (scheduled.year, scheduled.month) == (day.year, day.month)
            and not company._get_violated_lock_dates(
                scheduled, True, self.env["account.journal"]
            )
        ):
            return scheduled
        return day

    def _get_scheduled_date(self, document):
        """The one day a document was to leave; None when it makes up for several: what
        is caught up together carries the same date.
        """
        missed = {
            charge.scheduled
            for bill, _charges in document.bills
            for charge in bill.charges
            if charge.kind == "charge"
        }
        if len(missed) > 1:
            return None
        return max(
            (c.scheduled for _bill, charges in document.bills for c in charges),
            default=None,
        )

    def _prepare_document_vals(self, document, as_of):
        """The values of a document; fills ``document.rows`` in the order of lines."""
        document.rows.clear()
        bills = [bill for bill, _charges in document.bills]
        orders = [self._with_customer_language(bill.order) for bill in bills]
        vals = orders[0]._prepare_invoice()
        scheduled = self._get_scheduled_date(document)
        vals.update(
            {
                "invoice_date": self._get_document_date(as_of, scheduled),
                "billing_run_id": bills[0].item.run_id.id,
                "invoice_origin": ", ".join(order.name for order in orders),
                "move_type": "out_invoice" if document.sign > 0 else "out_refund",
                "transaction_ids": [
                    Command.link(transaction.id)
                    for order in document.opens
                    for transaction in order._get_billing_first_payments()
                ],
            }
        )
        if len(orders) > 1:
            references = {order.client_order_ref for order in orders}
            vals["ref"] = ", ".join(sorted(filter(None, references))) or False
            vals["payment_reference"] = False
        if not vals.get("journal_id"):
            journal = orders[0].billing_plan_id.journal_id
            vals["journal_id"] = (journal or self._get_default_journal(vals)).id
        if document.sign < 0:
            vals["reversed_entry_id"] = self._get_corrected_move(document).id
            vals["invoice_payment_term_id"] = False
        for order, (bill, charges) in zip(orders, document.bills, strict=True):
            vals["invoice_line_ids"] += self._prepare_lines(
                document, bill, order, charges
            )
        return vals

    def _get_default_journal(self, vals):
        """The journal that core would choose, asked for once per currency."""
        journals = self.env.cr.cache.setdefault("billing_default_journals", {})
        key = self.env.company.id, vals["currency_id"]
        if key not in journals:
            names = ("move_type", "company_id", "currency_id")
            draft = self.env["account.move"].new({name: vals[name] for name in names})
            journals[key] = draft._search_default_journal().id
        return self.env["account.journal"].browse(journals[key])

    def _with_customer_language(self, order):
        language = order.partner_invoice_id.lang
        return order.with_context(lang=language) if language else order

    def _prepare_lines(self, document, bill, order, charges):
        """Invoice lines of one member, in the order of its own lines."""
        commands = []
        # A recurring line is no down payment: core need not read years of invoices to
        # find that out. Forgotten again when the documents are made.
        for line in bill.lines.values():
            past = line.with_env(order.env)
            past._fields["invoice_lines"]._update_cache(past, ())
        for line in document.extra.get(bill.item.id, ()):
            line = line.with_env(order.env)
            for vals in line._prepare_invoice_lines_vals_list(
                sequence=len(document.rows)
            ):
                vals["quantity"] = vals.get("quantity", 0) * document.sign
                document.rows.append((bill, line))
                commands.append(Command.create(vals))
        positions = {line.id: n for n, line in enumerate(order.order_line)}
        for charge in sorted(
            charges, key=lambda c: (positions[c.line], c.period.start, c.kind)
        ):
            line = bill.lines[charge.line].with_env(order.env)
            vals = self._prepare_charge_line(line, charge, document)
            document.rows.append((bill, charge))
            commands.append(Command.create(vals))
        return commands

    def _prepare_charge_line(self, line, charge, document):
        price = charge.price
        if any(line.tax_ids.mapped("price_include")):
            price = exact_price(
                charge.charged, charge.quantity, charge.price, charge.discount
            )
        vals = line._prepare_invoice_line(
            sequence=len(document.rows),
            quantity=float(charge.quantity) * document.sign,
            price_unit=float(price),
            discount=float(charge.discount),
            billing_period_start=charge.period.start,
            billing_period_end=charge.period.last,
            extra_tax_data=False,
        )
        vals["name"] = "\n".join(
            [vals["name"] or "", self._describe_charge(line, charge)]
        ).strip()
        if charge.charged < 0:
            vals.update(self._get_corrected_values(line, charge))
        return vals

    def _describe_charge(self, line, charge):
        """The period in the customer's words, with the share when it is not whole."""
        texts = self.env.cr.cache.setdefault("billing_period_texts", {})
        key = (line.env.lang, charge.kind, charge.period)
        if charge.fraction not in (0, 1):
            return self._compose_period(line.env, charge)
        if key not in texts:
            texts[key] = self._compose_period(line.env, charge)
        return texts[key]

    def _compose_period(self, env, charge):
        values = {
            "start": format_date(env, charge.period.start),
            "end": format_date(env, charge.period.last),
        }
        if charge.kind != "charge":
            return env._("Adjustment from %(start)s to %(end)s", **values)
        if charge.fraction in (0, 1):
            return env._("From %(start)s to %(end)s", **values)
        return env._(
            "From %(start)s to %(end)s (%(share)s of the period)",
            share=self._get_share_text(env, charge),
            **values,
        )

    def _get_share_text(self, env, charge):
        """ "22/31 days", counted as the engine counted them."""
        part = charge.facts["parts"][-1] if charge.facts["parts"] else None
        if not part or charge.facts["basis"] != "actual":
            return str(charge.fraction)
        whole = Period.inclusive(*map(date.fromisoformat, part["whole"])).days
        return env._(
            "%(days)s/%(whole)s days", days=charge.fraction * whole, whole=whole
        )

    # === Credits follow what they correct === #

    def _get_corrected_values(self, line, charge):
        """Taxes, account and analytic of the invoice line that a credit corrects."""
        corrected = self._get_corrected_line(line, charge)
        if not corrected:
            return {}
        return {
            "tax_ids": [Command.set(corrected.tax_ids.ids)],
            "account_id": corrected.account_id.id,
            "analytic_distribution": corrected.analytic_distribution,
        }

    def _get_corrected_line(self, line, charge):
        entry = self.env["billing.entry"].search(
            [
                ("sale_line_id", "=", line.id),
                ("state", "=", "posted"),
                ("kind", "in", ("charge", "adjustment", "opening")),
                ("move_line_id", "!=", False),
                ("period_start", "<=", charge.period.last),
                ("period_end", ">=", charge.period.start),
                ("charged_amount", ">", 0),
            ],
            order="id desc",
            limit=1,
        )
        return entry.move_line_id

    def _get_corrected_move(self, document):
        """The last posted invoice that a credit note corrects."""
        moves = self.env["account.move"]
        for bill, charges in document.bills:
            for charge in charges:
                if charge.charged < 0:
                    line = bill.lines[charge.line]
                    moves |= self._get_corrected_line(line, charge).move_id
        return moves.sorted("id")[-1:]
