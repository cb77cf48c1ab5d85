"""Whether a contract can be taken over, and what its first invoice will be.

The engine computes the next invoice of the lines as they would run, with the ledger
opened where the other system stopped: what is announced is what will be billed.
"""

from decimal import Decimal

from odoo import models
from odoo.tools.misc import format_date

from ....engine.errors import BillingError, CatchUpLimitExceeded
from ....engine.handover import resumed
from ....engine.invoice_dates import due_periods
from ....engine.money import line_price, quantize
from ....engine.periods import ONE_DAY
from ....engine.terms import LineVersion
from ....engine.upcoming import upcoming
from ...plan.numbers import as_decimal
from ...plan.wording import amount_text

FORECAST = ("next_date", "next_start", "next_end", "next_amount")


class BillingIntake(models.Model):
    _inherit = "billing.intake"

    def _check(self):
        """Say of each contract that is not taken over whether it is ready, and why not.

        A difference that was read stays read as long as nothing of it changes.
        """
        known = self._find_taken_over()
        for intake in self.filtered(lambda i: i.state in ("ready", "refused")):
            vals = dict.fromkeys(FORECAST, False)
            problems = intake._get_problems(known)
            difference = False
            if not problems:
                problems, forecast = intake._get_forecast()
                vals.update(forecast)
            if not problems:
                difference = intake._get_difference(vals)
            message = "\n".join(problems) or difference or False
            vals.update(
                state="refused" if problems else "ready",
                message=message,
                is_different=bool(difference),
                is_read=intake.is_read and intake.message == message,
            )
            intake.write(vals)

    def _find_taken_over(self):
        """What was taken over before, by its key."""
        found = self.search(
            [
                ("company_id", "in", self.company_id.ids),
                ("reference", "in", self.mapped("reference")),
                ("state", "=", "taken_over"),
            ]
        )
        return {intake._get_key(): intake for intake in found}

    def _get_key(self):
        """What makes it the same contract."""
        self.ensure_one()
        return self.company_id, self.source, self.reference, self.source_ref

    # === What stands in the way === #

    def _get_problems(self, known):
        """Sentences of record, fact and remedy; none when it fits."""
        self.ensure_one()
        taken = known.get(self._get_key())
        if taken:
            return [
                self.env._(
                    "Contract %(contract)s was taken over already, as %(order)s. Leave "
                    "it out.",
                    contract=self.reference,
                    order=taken.order_id.name or taken.reference,
                )
            ]
        faults = [
            text
            for record in (self, *self.line_ids)
            for text in (record.faults or {}).values()
        ]
        return faults or [*self._get_header_problems(), *self._get_line_problems()]

    def _get_header_problems(self):
        self.ensure_one()
        values = {"contract": self.reference}
        if not self.partner_id:
            yield self.env._("Contract %(contract)s: choose its customer.", **values)
        elif not self.partner_id.active:
            yield self.env._(
                "Contract %(contract)s: %(customer)s is archived. Restore the customer "
                "or choose another one.",
                customer=self.partner_id.display_name,
                **values,
            )
        if not self.plan_id:
            yield self.env._("Contract %(contract)s: choose its plan.", **values)
        if not self.start_date:
            yield self.env._("Contract %(contract)s: give its first day.", **values)
        if not self.line_ids.filtered(lambda line: not line.display_type):
            yield self.env._(
                "Contract %(contract)s has no line to invoice. Leave it out.", **values
            )

    def _get_line_problems(self):
        self.ensure_one()
        for line in self.line_ids.filtered(lambda line: not line.display_type):
            values = {"contract": self.reference, "line": line._get_label()}
            product = line.product_id
            if not product:
                yield self.env._(
                    "Contract %(contract)s, line '%(line)s': choose a product.",
                    **values,
                )
            elif product.type != "service":
                yield self.env._(
                    "Contract %(contract)s, line '%(line)s': goods are delivered once. "
                    "Choose a service.",
                    **values,
                )
            elif not product.active:
                yield self.env._(
                    "Contract %(contract)s, line '%(line)s': the product is archived. "
                    "Restore it or choose another one.",
                    **values,
                )
            elif not product.billing_recurring and not (
                product.product_tmpl_id.has_access("write")
            ):
                yield self.env._(
                    "Contract %(contract)s, line '%(line)s': the product is not "
                    "recurring. Have Recurring ticked on it by someone who may.",
                    **values,
                )
            yield from self._get_date_problems(line, values)

    def _get_date_problems(self, line, values):
        start, end, until = line._get_start(), line._get_end(), line._get_billed_until()
        if start and end and end < start:
            yield self.env._(
                "Contract %(contract)s, line '%(line)s' ends on %(end)s, before it "
                "starts. Correct one of the dates.",
                end=format_date(self.env, end),
                **values,
            )
        elif start and until and until < start:
            yield self.env._(
                "Contract %(contract)s, line '%(line)s' was billed until %(until)s, "
                "before it starts. Correct the start, or leave 'already billed until' "
                "empty.",
                until=format_date(self.env, until),
                **values,
            )

    # === The first invoice === #

    def _get_forecast(self):
        """The next invoice as a subscription makes it.

        :return: ``(problems, values of the forecast)``.
        """
        self.ensure_one()
        today = self.company_id._billing_today()
        lines = self.line_ids.filtered(lambda line: not line.display_type)
        values = {"contract": self.reference}
        try:
            promises = [self._get_promise(line) for line in lines]
            late = self._get_missing_past(lines, promises, today)
            if late:
                return [late], {}
            form = self.plan_id.catch_up_form
            following = next(upcoming(promises, as_of=today, form=form), None)
        except CatchUpLimitExceeded as error:
            return [
                self.env._(
                    "Contract %(contract)s: %(count)s periods since the last billed "
                    "day are due, and its plan bills at most %(limit)s at once. "
                    "Correct 'already billed until', or raise that number on the plan.",
                    count=error.details["due"],
                    limit=error.details["limit"],
                    **values,
                )
            ], {}
        except BillingError:
            return [
                self.env._(
                    "Contract %(contract)s: its dates and its plan do not fit "
                    "together. Check its start, its end and the plan's calendar.",
                    **values,
                )
            ], {}
        if not following:
            return [
                self.env._(
                    "Contract %(contract)s: nothing is left to invoice. Leave it out, "
                    "or correct its end and prices.",
                    **values,
                )
            ], {}
        return [], self._prepare_forecast(following)

    def _get_promise(self, line):
        """What a line will promise, and the opening of its ledger."""
        plan, start = line._get_plan(), line._get_start()
        ends = [line._get_end()]
        if not self.plan_id.tacit_renewal:
            ends.append(self.plan_id._get_term_end(self.start_date))
        last = min((end for end in ends if end), default=None)
        customer = self.partner_id.commercial_partner_id
        terms = plan._get_terms(
            line.id,
            LineVersion(
                start,
                as_decimal(line.quantity),
                as_decimal(line.price_unit),
                as_decimal(line.discount),
            ),
            partner=customer.with_company(self.company_id),
            end=last and last + ONE_DAY,
            step=as_decimal(self.currency_id.rounding),
            catch_up_limit=self.plan_id.catch_up_limit,
        )
        until = line._get_billed_until()
        return resumed(terms, until) if until else (terms, [])

    def _get_missing_past(self, lines, promises, today):
        """A start in the past is no outage: somebody must say what was billed."""
        for line, (terms, _billed) in zip(lines, promises, strict=True):
            told = line._get_billed_until()
            if not told and len(due_periods(terms, today)) > 1:
                return self.env._(
                    "Contract %(contract)s starts on %(date)s and nothing says until "
                    "when it was billed. Fill in 'already billed until'.",
                    contract=self.reference,
                    date=format_date(self.env, terms.start),
                )
        return None

    def _prepare_forecast(self, following):
        charges = following.charges
        return {
            "next_date": min(charge.scheduled for charge in charges),
            "next_start": min(charge.period.start for charge in charges),
            "next_end": max(charge.period.last for charge in charges),
            "next_amount": float(self._get_untaxed(following)),
        }

    def _get_untaxed(self, following):
        """What a document comes to without the taxes that its prices include."""
        lines = {line.id: line for line in self.line_ids}
        return self._sum_untaxed(
            [
                (lines[charge.line], charge.quantity, charge.price, charge.discount)
                for charge in following.charges
            ]
        )

    def _sum_untaxed(self, rows):
        """The untaxed amount of a document, each line rounded by itself.

        :param rows: (line, quantity, price, discount) tuples, as decimals.
        :rtype: Decimal or float
        """
        self.ensure_one()
        taxes = self.line_ids.product_id.taxes_id
        if not any(
            taxes._filter_taxes_by_company(self.company_id).mapped("price_include")
        ):
            step = as_decimal(self.currency_id.rounding)
            return sum(
                (quantize(line_price(*terms), step) for _line, *terms in rows),
                Decimal(0),
            )
        compute = self.env["account.tax"]._prepare_base_line_for_taxes_computation
        base_lines = [
            compute(
                {},
                product_id=line.product_id,
                tax_ids=self._get_taxes(line.product_id),
                quantity=float(quantity),
                price_unit=float(price),
                discount=float(discount),
                currency_id=self.currency_id,
                partner_id=self.partner_id,
            )
            for line, quantity, price, discount in rows
        ]
        preview = self.env["billing.preview"]
        return preview._sum_base_lines(self.company_id, self.currency_id, base_lines)[0]

    def _get_taxes(self, product):
        """The taxes that the subscription will have."""
        company = self.company_id
        positions = self.env["account.fiscal.position"].with_company(company)
        position = self.fiscal_position_id or positions._get_fiscal_position(
            self.partner_id
        )
        return position.map_tax(product.taxes_id._filter_taxes_by_company(company))

    # === Side by side === #

    def _get_difference(self, vals):
        """What differs from the other system's next invoice, in sentences, or False."""
        self.ensure_one()
        texts = [self.remark] if self.remark else []
        expected = self.expected_date
        if expected and expected != vals["next_date"]:
            texts.append(
                self.env._(
                    "The old system would invoice on %(old)s, this one on %(new)s.",
                    old=format_date(self.env, expected),
                    new=format_date(self.env, vals["next_date"]),
                )
            )
        if self.expected_start and (self.expected_start, self.expected_end) != (
            vals["next_start"],
            vals["next_end"],
        ):
            texts.append(
                self.env._(
                    "The old invoice would pay from %(old_start)s to %(old_end)s, this "
                    "one from %(start)s to %(end)s.",
                    old_start=format_date(self.env, self.expected_start),
                    old_end=format_date(self.env, self.expected_end),
                    start=format_date(self.env, vals["next_start"]),
                    end=format_date(self.env, vals["next_end"]),
                )
            )
        if self.expected_start and self.currency_id.compare_amounts(
            self.expected_amount, vals["next_amount"]
        ):
            texts.append(
                self.env._(
                    "The old invoice would come to %(old)s before tax, this one to "
                    "%(new)s.",
                    old=amount_text(self.env, self.expected_amount, self.currency_id),
                    new=amount_text(self.env, vals["next_amount"], self.currency_id),
                )
            )
        return "\n".join(texts) or False
