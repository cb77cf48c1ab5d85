"""Reading the contracts of the OCA module ``contract``, where it is installed.

Without a dependency: its models are looked up by name. What its next invoice will be is
asked of its own methods; the engine finds the grid that goes on with that period.
"""

import re

from odoo import Command, api, models
from odoo.tools.misc import format_date

from ....engine.handover import hand_over
from ....engine.periods import ONE_DAY, Period
from ....engine.recurrence import RecurrenceRule
from ...plan.numbers import as_decimal
from ...plan.wording import rhythm_text

#: Its words for a rhythm: unit, and how many of them one of its intervals lasts.
RHYTHMS = {
    "daily": ("day", 1),
    "weekly": ("week", 1),
    "monthly": ("month", 1),
    "monthlylastday": ("month", 1),
    "quarterly": ("month", 3),
    "semesterly": ("month", 6),
    "yearly": ("year", 1),
}
TIMINGS = {"pre-paid": "in_advance", "post-paid": "in_arrears"}
#: What it replaces by dates and a month in descriptions; ours say the days themselves.
MARKERS = re.compile(r"\s*[(\[–:-]*\s*#(START|END|INVOICEMONTHNAME)#\s*[)\]]*")


class BillingIntake(models.Model):
    _inherit = "billing.intake"

    # === Which contracts === #

    @api.model
    def _find_contracts(self):
        """The contracts of the company that invoice, and were not taken over."""
        contracts = self.env["contract.contract"].search(
            [("company_id", "=", self.env.company.id)]
        )
        taken = self.search(
            [
                ("source", "=", "contract"),
                ("company_id", "=", self.env.company.id),
                ("state", "in", ("queued", "taken_over")),
            ]
        )
        return contracts.filtered(
            lambda contract: contract.id not in taken.mapped("source_ref")
        )

    def _get_source_contract(self):
        """The contracts that these were read from, to be ended.

        Reading was by the user's own rights; ending the contract is part of taking it
        over, for its customer would be billed by both.
        """
        model = self.env["contract.contract"].sudo()
        return model.with_context(active_test=False).browse(self.mapped("source_ref"))

    def _get_contract_digest(self, contract):
        """What must not change between reading a contract and taking it over."""
        facts = [contract.active, contract.partner_id.id]
        for line in contract.contract_line_ids:
            facts += [
                line.id,
                line.is_canceled,
                line.last_date_invoiced,
                line.recurring_next_date,
                line.date_end,
                line.product_id.id,
                line.quantity,
                line.price_unit,
                line.discount,
            ]
        return "|".join(map(str, facts))

    # === Reading === #

    @api.model
    def _stage_contracts(self, contracts, product=None, posting="post"):
        """Contracts to take over, read from those of the other module, and checked.

        :param contracts: ``contract.contract`` records.
        :param product: the service for lines that have none.
        :param str posting: what the plans do with their invoices.
        :rtype: billing.intake
        """
        old = self.search(
            [
                ("source", "=", "contract"),
                ("source_ref", "in", contracts.ids),
                ("state", "in", ("ready", "refused")),
            ]
        )
        old.unlink()
        staged = self.create(
            [
                self._prepare_contract_vals(contract, product, posting)
                for contract in contracts
            ]
        )
        for intake, contract in zip(staged, contracts, strict=True):
            intake._set_expected(contract)
        staged._check()
        return staged

    def _prepare_contract_vals(self, contract, product, posting):
        vals = {
            "company_id": contract.company_id.id,
            "source": "contract",
            "source_ref": contract.id,
            "source_digest": self._get_contract_digest(contract),
            "reference": contract.code or contract.name or str(contract.id),
            "partner_id": contract.partner_id.id,
            "partner_invoice_id": contract.invoice_partner_id.id,
            "pricelist_id": self._get_contract_pricelist(contract).id,
            "client_order_ref": contract.code,
            "user_id": contract.user_id.id,
            "fiscal_position_id": contract.fiscal_position_id.id,
            "payment_term_id": contract.payment_term_id.id,
            "note": contract.note,
        }
        unfit = self._get_contract_fault(contract)
        if unfit:
            return {**vals, "faults": {"source": unfit}}
        due = self._get_contract_lines(contract)
        faults, lines, remarks = {}, [], set()
        for line in contract.contract_line_ids.filtered(lambda ln: not ln.is_canceled):
            if line.display_type:
                lines.append(self._prepare_contract_note_vals(line))
            elif line in due:
                line_vals, fault = self._prepare_contract_line_vals(
                    line, product, posting
                )
                lines.append(line_vals)
                if fault:
                    faults[f"line {line.id}"] = fault
                remarks |= self._get_contract_remarks(line)
        vals["faults"] = faults or False
        vals["remark"] = "\n".join(sorted(remarks))
        return self._complete_contract_vals(vals, contract, lines)

    def _complete_contract_vals(self, vals, contract, lines):
        """What all lines share becomes the contract's own, with plan and journal.

        A date that not all lines share stays on the lines.
        """
        billed = [line for line in lines if not line.get("display_type")]
        first = next((line for line in billed if line.get("plan_id")), {})
        vals["plan_id"] = first.get("plan_id")
        vals["start_date"] = min(
            (line["start_date"] for line in billed if line.get("start_date")),
            default=False,
        )
        for name in ("end_date", "billed_until"):
            values = {line.get(name) or False for line in billed}
            vals[name] = values.pop() if len(values) == 1 else False
        for line in billed:
            for name in ("plan_id", "start_date", "end_date", "billed_until"):
                if line.get(name) == vals[name]:
                    line.pop(name, None)
        plan = self.env["billing.plan"].browse(vals["plan_id"])
        vals["journal_id"] = self._get_contract_journal(contract, plan).id
        vals["line_ids"] = [Command.create(line) for line in lines]
        return vals

    def _get_contract_fault(self, contract):
        """Why a whole contract stays where it is, or False."""
        values = {"contract": contract.display_name}
        if contract.contract_type != "sale":
            return self.env._(
                "Contract %(contract)s is a supplier's: nothing of it is billed here. "
                "Leave it in the old module.",
                **values,
            )
        if contract.generation_type != "invoice":
            return self.env._(
                "Contract %(contract)s does not make invoices. Leave it in the old "
                "module.",
                **values,
            )
        for line in self._get_contract_lines(contract):
            # Another module of the same family adds it.
            if "qty_type" in line._fields and line.qty_type != "fixed":
                return self.env._(
                    "Contract %(contract)s, line '%(line)s': its quantity is a "
                    "formula. Give it a fixed one in the old contract.",
                    line=line.name,
                    **values,
                )
        return False

    def _get_contract_lines(self, contract):
        """The lines that it will invoice again."""
        return contract.contract_line_ids.filtered(
            lambda line: (
                not line.is_canceled
                and not line.display_type
                and line.recurring_next_date
                and line.next_period_date_start
            )
        )

    def _prepare_contract_note_vals(self, line):
        return {
            "display_type": line.display_type,
            "name": line.name,
            "sequence": line.sequence,
        }

    def _prepare_contract_line_vals(self, line, product, posting):
        """The values of a line, and why it cannot go on here, or None."""
        product = line.product_id or product or self.env["product.product"]
        vals = {
            "sequence": line.sequence,
            "product_id": product.id,
            "name": self._get_contract_text(line),
            "quantity": line.quantity,
            "product_uom_id": line.uom_id.id,
            "price_unit": line.price_unit,
            "discount": line.discount,
            "analytic_distribution": line.analytic_distribution,
            "end_date": line.date_end,
        }
        coming = self._get_contract_period(line)
        unit, interval = self._get_contract_rhythm(line)
        found = hand_over(
            unit=unit,
            interval=interval,
            start=line.date_start,
            coming=coming,
            calendar=line.recurring_rule_type == "monthlylastday",
        )
        if not found:
            return vals, self.env._(
                "Contract %(contract)s, line '%(line)s': no rhythm here has a period "
                "from %(start)s to %(end)s. Set its next invoice in the old contract "
                "to the regular day.",
                contract=line.contract_id.display_name,
                line=line.name,
                start=format_date(self.env, coming.start),
                end=format_date(self.env, coming.last),
            )
        vals["start_date"] = found.start
        if found.start < coming.start:
            vals["billed_until"] = coming.start - ONE_DAY
        vals["plan_id"] = self._get_contract_plan(line, found, posting).id
        return vals, None

    def _get_contract_rhythm(self, line):
        unit, length = RHYTHMS[line.recurring_rule_type]
        return unit, length * line.recurring_interval

    def _get_contract_period(self, line):
        """The next period as the old module bills it, as if the line had no end.

        Where somebody moved the next invoice in advance to a later day, the days up to
        it are part of a period of which the old module charges the price of one: they
        count as billed.
        """
        first, day = line.next_period_date_start, line.recurring_next_date
        last = line.get_next_period_date_end(
            first,
            line.recurring_rule_type,
            line.recurring_interval,
            max_date_end=False,
            next_invoice_date=day,
            recurring_invoicing_type=line.recurring_invoicing_type,
            recurring_invoicing_offset=line.recurring_invoicing_offset,
        )
        if line.recurring_invoicing_type == "pre-paid":
            first = max(first, day)
        else:
            rule = RecurrenceRule(*self._get_contract_rhythm(line), last + ONE_DAY)
            first = max(first, rule.boundary(-1))
        return Period.inclusive(first, max(first, last))

    def _get_contract_text(self, line):
        """The description without what stood for dates."""
        rows = [MARKERS.sub("", row).strip() for row in (line.name or "").split("\n")]
        return "\n".join(row for row in rows if row)

    def _get_contract_remarks(self, line):
        """What the old contract does and a subscription does not."""
        remarks = set()
        if line.automatic_price:
            remarks.add(
                self.env._(
                    "The old contract takes prices from the pricelist each time; here "
                    "those of today are fixed."
                )
            )
        if MARKERS.search(line.name or ""):
            remarks.add(
                self.env._(
                    "Marks for dates were taken out of descriptions: each invoice line "
                    "says its days."
                )
            )
        return remarks

    # === Plans, currency, journal === #

    def _get_contract_plan(self, line, found, posting):
        """The plan of a rhythm: one that is there, or a new one.

        The old module knows no proration: where a period is cut, the plan must charge
        it in full. And it makes an invoice for each contract.
        """
        unit, interval = self._get_contract_rhythm(line)
        timing = TIMINGS[line.recurring_invoicing_type]
        # It invoices months that end with the calendar on their last day.
        lead = int(timing == "in_arrears" and not line.recurring_invoicing_offset)
        vals = {
            "unit": unit,
            "interval": interval,
            "timing": timing,
            "lead_days": lead,
            "alignment": found.alignment,
            "posting": posting,
            "grouping": "apart",
        }
        if found.alignment == "calendar":
            vals["billing_day"] = found.billing_day
            vals["billing_month"] = str(found.billing_month)
        in_full = found.cut or self._is_contract_end_cut(line, found)
        plans = self.env["billing.plan"]
        domain = [(name, "=", value) for name, value in vals.items()]
        domain += [
            ("term_length", "=", 0),
            ("company_id", "in", (False, line.company_id.id)),
        ]
        if in_full:
            domain += [
                ("proration_basis", "=", "none"),
                ("first_period", "=", "prorate"),
            ]
        return plans.search(domain, limit=1) or plans.create(
            {
                **vals,
                "proration_basis": "none" if in_full else "actual",
                "name": self._get_contract_plan_name(vals, in_full),
            }
        )

    def _is_contract_end_cut(self, line, found):
        """Whether the last period is shorter than a full one."""
        if not line.date_end:
            return False
        rule = RecurrenceRule(
            *self._get_contract_rhythm(line),
            found.start,
            found.billing_day,
            found.billing_month,
        )
        return rule.period(rule.index_of(line.date_end)).last != line.date_end

    def _get_contract_plan_name(self, vals, in_full):
        rhythm = rhythm_text(self.env, vals["unit"], vals["interval"])
        values = {"rhythm": rhythm[0].upper() + rhythm[1:]}
        if vals["timing"] == "in_advance":
            name = self.env._("%(rhythm)s in advance", **values)
        else:
            name = self.env._("%(rhythm)s in arrears", **values)
        if vals["alignment"] == "calendar":
            name = self.env._("%(name)s, by the calendar", name=name)
        return self.env._("%(name)s, no proration", name=name) if in_full else name

    def _get_contract_pricelist(self, contract):
        """A pricelist in the currency of its invoices."""
        own = contract.pricelist_id
        if own.currency_id == contract.currency_id:
            return own
        return own._billing_get_in_currency(
            contract.currency_id, contract.company_id, contract.partner_id
        )

    def _get_contract_journal(self, contract, plan):
        """Its journal; none when orders take that one anyway."""
        journals = self.env["account.journal"]
        if contract.journal_id.type != "sale":
            return journals
        company = contract.company_id
        usual = plan.with_company(company).journal_id or journals.search(
            [*journals._check_company_domain(company), ("type", "=", "sale")], limit=1
        )
        return contract.journal_id - usual

    # === What it would invoice next === #

    def _set_expected(self, contract):
        """Date, days and amount of the invoice that the old module would make."""
        day = contract.recurring_next_date
        lines = self.line_ids.filtered(lambda line: not line.display_type)
        due = [
            (line, old)
            for line, old in zip(
                lines, self._get_contract_lines(contract), strict=False
            )
            if old.recurring_next_date <= day
        ]
        lasts = [old.next_period_date_end for _line, old in due]
        if not due or not all(lasts):
            return
        amount = self._sum_untaxed(
            [
                (
                    line,
                    as_decimal(old.quantity),
                    as_decimal(old.price_unit),
                    as_decimal(old.discount),
                )
                for line, old in due
            ]
        )
        self.write(
            {
                "expected_date": day,
                "expected_start": min(old.next_period_date_start for _l, old in due),
                "expected_end": max(lasts),
                "expected_amount": float(amount),
            }
        )
