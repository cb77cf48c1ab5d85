"""The completeness map: what the screen asks, as plain values."""

from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools.misc import format_date

from ....engine.completeness import DUE_STATES
from ....engine.coverage import Coverage, paint
from ....engine.periods import Period
from ...plan.wording import amount_text, period_text
from .billing_completeness import Fault

#: Rows of a page.
PAGE = 80
#: Months that the map opens with, the next one included.
MONTHS = 18
#: States of days, the one that a person should see first comes last.
RANKS = (
    "not_contracted",
    "not_due",
    "paused",
    "billed",
    "waived",
    "edited",
    "missing",
    "double",
    "outside",
)
#: How days of a finding without a state of its own are shown.
SHOWN_AS = {"overlap": "double", "document": "edited"}
KINDS = (
    "hole",
    "double",
    "outside",
    "edited",
    "overlap",
    "document",
    "terms",
    "adjustment",
)
ORDERS = {
    "subscription": "partner_id, id",
    "customer": "partner_id, id",
    "plan": "billing_plan_id, partner_id, id",
}


@dataclass
class Question:
    """What the screen asks for.

    :param span: whole months.
    :param plan: id of a ``billing.plan``, or None for all.
    :param group: ``subscription``, ``customer`` or ``plan``.
    :param everything: also rows without a fault.
    :param offset: first row of the page.
    """

    span: Period
    plan: int | None
    group: str
    everything: bool
    offset: int

    @property
    def domain(self):
        return [("billing_plan_id", "=", self.plan)] if self.plan else []

    @property
    def months(self):
        """The months of the span."""
        found, first = [], self.span.start
        while first < self.span.end:
            found.append(Period(first, first + relativedelta(months=1)))
            first += relativedelta(months=1)
        return found


class BillingCompleteness(models.AbstractModel):
    _inherit = "billing.completeness"

    # === What the screen asks === #

    @api.model
    def get_map(self, params):
        """The map of a span of months, with its totals.

        :param dict params: ``start`` (ISO date), ``months``, ``plan_id``, ``group``,
            ``all``, ``offset``; with ``order_ids`` the rows of these only, no totals.
        """
        self._check_may_see()
        question = self._read_question(params)
        as_of = self._get_as_of()
        if params.get("order_ids"):
            orders = self._search_orders(
                [("id", "in", params["order_ids"])], ORDERS[question.group]
            )
            proofs = {p.order: p for p in self._stream(orders, question.span, as_of)}
            return {"rows": self._prepare_rows(orders.ids, proofs, question)}
        orders = self._search_orders(question.domain, ORDERS[question.group])
        first, after = question.offset, question.offset + PAGE
        shown = set(orders[first:after].ids) if question.everything else ()
        totals, wrong, kept = self._get_empty_totals(), [], {}
        for proof in self._stream(orders, question.span, as_of):
            self._add_totals(totals, proof, as_of)
            if proof.has_fault:
                wrong.append(proof.order)
            on_page = proof.has_fault and first < len(wrong) <= after
            if proof.order in shown or (on_page and not question.everything):
                kept[proof.order] = proof
        listed = orders.ids if question.everything else wrong
        return {
            "start": fields.Date.to_string(question.span.start),
            "months": [fields.Date.to_string(m.start) for m in question.months],
            "as_of": fields.Date.to_string(as_of),
            "plans": self._get_plans(),
            "sentence": self._get_sentence(totals),
            "empty": self._get_empty_text(as_of),
            "labels": self._get_state_labels(),
            "order_ids": listed,
            "wrong_count": len(wrong),
            "rows": self._prepare_rows(listed[first:after], kept, question),
        }

    @api.model
    def get_details(self, order_id, month):
        """All that is known of a subscription's month.

        :param int order_id: the subscription.
        :param str month: ISO date of its first day.
        """
        self._check_may_see()
        first = fields.Date.to_date(month)
        span = Period(first, first + relativedelta(months=1))
        order = self._search_orders([("id", "=", order_id)])
        (proof,) = self._examine(order, span, self._get_as_of())
        labels = self._get_state_labels()
        names = {
            line.id: line.product_id.name or line.name for line in order.order_line
        }
        lines = [
            {
                "id": line,
                "name": names[line],
                "days": [
                    f"{period_text(self.env, run.period.start, run.period.last)}"
                    f" · {labels[run.state]}"
                    for run in seen.days
                ],
            }
            for line, seen in proof.lines.items()
        ]
        return {
            "order_id": order.id,
            "order": order.name,
            "customer": order.partner_id.display_name,
            "month": period_text(self.env, span.start, span.last),
            "faults": self._prepare_faults(proof, order),
            "lines": lines,
            "entries": self._prepare_entries(order, span),
            "can_bill": self._can_bill(proof),
            "why": self._get_why(order),
        }

    @api.model
    def get_order_action(self, order_id):
        """The action that opens a subscription of the map."""
        return self._search_orders([("id", "=", order_id)])._get_billing_form_action()

    @api.model
    def bill_hole(self, order_ids):
        """Bill what is due of subscriptions, by the ordinary door.

        :return: the action that shows the invoices, or what was set aside.
        :raises UserError: when a document charges these days already.
        """
        if not self.env.user.has_group(
            "recurring_billing.recurring_billing_group_user"
        ):
            raise AccessError(
                self.env._(
                    "Holes are billed by users of Recurring Billing. Ask one of them."
                )
            )
        orders = self._search_orders([("id", "in", order_ids)])
        self._check_forgotten(orders)
        # The ledger lost what a run believes to be settled.
        orders.order_line._billing_forget_settled()
        return orders._billing_invoice_now()

    def _check_forgotten(self, orders):
        """Refuse to bill days that a document charges though the ledger forgot them.

        :raises UserError: naming the document and what to do with it.
        """
        self.env.flush_all()
        lines = orders.order_line.filtered("billing_anchor_date")
        always = Period(date.min, date.max)
        for line, start, last, amount, document, reason in self._get_forgotten_lines(
            lines, always
        ):
            fault = Fault(line, "hole", start, last, 0, amount, reason, [document])
            order = lines.browse(line).order_id
            raise UserError(
                self.env._(
                    "%(order)s: %(fact)s",
                    order=order.name,
                    fact=self._get_fault_text(fault, order),
                )
            )

    def _check_may_see(self):
        """The proof reads ledger and subscriptions; who may not read them sees none.

        :raises AccessError: for anybody else.
        """
        self.env["billing.entry"].check_access("read")

    def _read_question(self, params):
        """What the client sent, checked and with its defaults."""
        today = self.env.company._billing_today()
        months = min(max(int(params.get("months") or MONTHS), 1), 36)
        last = today.replace(day=1) + relativedelta(months=2)
        start = fields.Date.to_date(params.get("start"))
        start = (start or last - relativedelta(months=months)).replace(day=1)
        group = params.get("group")
        return Question(
            span=Period(start, start + relativedelta(months=months)),
            plan=params.get("plan_id") or None,
            group=group if group in ORDERS else "subscription",
            everything=bool(params.get("all")),
            offset=max(int(params.get("offset") or 0), 0),
        )

    def _get_plans(self):
        """The plans that the company's subscriptions can have."""
        plans = self.env["billing.plan"].search(
            [("company_id", "in", (False, self.env.company.id))]
        )
        return [{"id": plan.id, "display_name": plan.display_name} for plan in plans]

    # === Totals === #

    def _get_empty_totals(self):
        totals = {kind: {"count": 0, "days": 0, "amount": 0.0} for kind in KINDS}
        return {"due": 0, "billed": 0, "waived": 0, **totals}

    def _add_totals(self, totals, proof, as_of):
        """Add one subscription: days, and amounts in the company's currency."""
        for seen in proof.lines.values():
            totals["due"] += seen.count(*DUE_STATES)
            totals["billed"] += seen.count("billed")
            totals["waived"] += seen.count("waived")
        for fault in proof.faults:
            total = totals[fault.kind]
            total["count"] += 1
            total["days"] += fault.days
            total["amount"] += self._convert(fault.amount, proof.currency, as_of)

    def _convert(self, amount, currency_id, as_of):
        """An amount in the company's currency."""
        company = self.env.company
        currency = self.env["res.currency"].browse(currency_id)
        return currency._convert(float(amount), company.currency_id, company, as_of)

    def _get_empty_text(self, as_of):
        """What an empty map says: nothing is missing."""
        return self.env._(
            "Every contracted day is billed once. Nothing to add before closing "
            "%(month)s.",
            month=format_date(self.env, as_of, date_format="LLLL y"),
        )

    # === Rows === #

    def _prepare_rows(self, order_ids, proofs, question):
        """The rows of a page, read together."""
        orders = self.env["sale.order"].browse(order_ids)
        return [self._prepare_row(o, proofs[o.id], question) for o in orders]

    def _prepare_row(self, order, proof, question):
        """One subscription: a cell for each month, and what there is to bill."""
        holes = [fault for fault in proof.faults if fault.is_billable]
        amount = sum(fault.amount for fault in holes)
        days = self._merge_days(proof, question.span)
        group = {
            "customer": order.partner_id.display_name,
            "plan": order.billing_plan_id.display_name,
        }
        return {
            "id": order.id,
            "order": order.name,
            "customer": order.partner_id.display_name,
            "group": group.get(question.group, ""),
            "cells": [self._prepare_cell(days, month) for month in question.months],
            "amount": amount_text(self.env, amount, order.currency_id) if holes else "",
            "can_bill": self._can_bill(proof),
            "why": self._get_why(order) if holes else "",
            "faults": self._prepare_faults(proof, order),
        }

    def _can_bill(self, proof):
        return any(fault.is_billable for fault in proof.faults) and not any(
            fault.reason == "no_entry" for fault in proof.faults
        )

    def _get_why(self, order):
        """Why the run could not bill a hole: what set it aside."""
        return order.billing_open_item_id.message or ""

    def _prepare_faults(self, proof, order):
        """The findings as sentences; those of several lines name their product."""
        several = len(order.order_line.filtered("billing_anchor_date")) > 1
        names = {
            line.id: f"{line.product_id.name} · " if several else ""
            for line in order.order_line
        }
        return [
            {
                "kind": fault.kind,
                "month": fields.Date.to_string(fault.start.replace(day=1)),
                "text": names[fault.line] + self._get_fault_text(fault, order),
            }
            for fault in proof.faults
        ]

    def _merge_days(self, proof, span):
        """The days of a subscription's lines as one row: of each day the worst."""
        rows = [seen.days for seen in proof.lines.values()]
        if not rows:
            return (Coverage(span, "not_contracted"),)
        cuts = {span.start, span.end}
        cuts.update(run.period.start for row in rows for run in row)
        positions, merged = [0] * len(rows), []
        for start, end in pairwise(sorted(cuts)):
            worst = 0
            for number, row in enumerate(rows):
                while row[positions[number]].period.end <= start:
                    positions[number] += 1
                worst = max(worst, RANKS.index(row[positions[number]].state))
            merged.append(Coverage(Period(start, end), RANKS[worst]))
        days = tuple(merged)
        for fault in proof.faults:
            if fault.kind in SHOWN_AS:
                period = Period.inclusive(fault.start, fault.last)
                days = paint(days, [period], SHOWN_AS[fault.kind])
        return days

    def _prepare_cell(self, days, month):
        """A month: its runs of days, and what they say."""
        runs = []
        for run in days:
            common = run.period.intersect(month)
            if common and runs and runs[-1][0] == run.state:
                runs[-1][1] += common.days
            elif common:
                runs.append([run.state, common.days])
        worst = max((state for state, _days in runs), key=RANKS.index)
        return {
            "runs": runs,
            "state": worst,
            "title": self._get_cell_title(month, runs),
        }

    def _get_cell_title(self, month, runs):
        """ "November 2026: 1–20 billed once, 21–30 not billed"."""
        labels = self._get_state_labels()
        name = period_text(self.env, month.start, month.last)
        if len(runs) == 1:
            return self.env._(
                "%(month)s: %(what)s", month=name, what=labels[runs[0][0]]
            )
        told, day = [], 1
        for state, count in runs:
            last = day + count - 1
            days = f"{day}–{last}" if count > 1 else str(day)
            told.append(f"{days} {labels[state]}")
            day = last + 1
        return self.env._("%(month)s: %(what)s", month=name, what=", ".join(told))

    def _prepare_entries(self, order, span):
        """The ledger of a month, with its documents."""
        entries = self.env["billing.entry"].search(
            [
                ("order_id", "=", order.id),
                ("state", "!=", "void"),
                ("period_start", "<=", span.last),
                ("period_end", ">=", span.start),
            ],
            order="period_start, id",
        )
        kinds = dict(entries._fields["kind"]._description_selection(self.env))
        return [
            {
                "id": entry.id,
                "days": period_text(self.env, entry.period_start, entry.period_end),
                "product": entry.product_id.name,
                "kind": kinds[entry.kind],
                "amount": amount_text(
                    self.env, entry.charged_amount, entry.currency_id
                ),
                "move_id": entry.move_id.id,
                "move": entry.move_id.name or "",
            }
            for entry in entries
        ]
