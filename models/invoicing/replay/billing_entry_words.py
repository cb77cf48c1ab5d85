"""How the amount of an entry was reached, in words and in the reader's language.

All of it is told from the stored facts and the entry alone: plans, versions and prices
may have changed since, or be gone.
"""

from odoo import models
from odoo.tools import format_list
from odoo.tools.misc import format_date, formatLang

from ....engine.errors import InvalidFacts
from ....engine.explanation import explanation
from ....engine.periods import Period
from ...plan.wording import amount_text, number_text, rhythm_text

#: More billing periods than this are told together.
_STEPS = 3


class BillingEntry(models.Model):
    _inherit = "billing.entry"

    def _explain(self):
        """How the amount was reached.

        :return: sentences, and the amount as the last one.
        :rtype: tuple[list[str], str]
        """
        self.ensure_one()
        total = self._get_total_text()
        try:
            found = explanation(self.facts)
        except InvalidFacts:
            text = self.env._("The facts of this amount were not kept.")
            return [text], total
        if found.source == "document":
            sentences = self._tell_document(found)
        elif not found.steps:
            sentences = self._tell_nothing(found)
        else:
            sentences = self._tell_promise(found)
        if self.concession_amount:
            sentences.append(
                self.env._(
                    "Less a concession of %(amount)s.",
                    amount=self._money(self.concession_amount),
                )
            )
        return [text[:1].upper() + text[1:] for text in sentences], total

    def _get_total_text(self):
        amount = self._money(self.charged_amount)
        line = self.move_line_id or self.sale_line_id
        if self.env["billing.preview"]._has_included_tax(line):
            return self.env._("%(amount)s incl. tax.", amount=amount)
        return self.env._("%(amount)s excl. tax.", amount=amount)

    # === Kinds of entries === #

    def _tell_nothing(self, found):
        """Why days are covered by a charge of nothing."""
        values = {"product": self._get_product_text(), "days": self._get_entry_days()}
        if found.given_up:
            return [
                self.env._("%(product)s: given up on the draft, %(days)s.", **values)
            ]
        return [self.env._("%(product)s: free first period, %(days)s.", **values)]

    def _tell_document(self, found):
        """What a credit note, or an invoice that replaces one, does to a period."""
        line = found.printed
        values = {
            "product": self._get_product_text(),
            "document": line.name or self.env._("this document"),
            "price": self._get_price_text(line),
            "days": self._get_entry_days(),
        }
        if found.given_up:
            text = self.env._(
                "%(product)s: what %(document)s credited is given up and not billed "
                "again, %(days)s: %(amount)s.",
                amount=self._money(found.settled),
                **values,
            )
            return [text]
        if line.credit:
            text = self.env._(
                "%(product)s: %(document)s credits %(price)s, %(days)s.", **values
            )
        else:
            text = self.env._(
                "%(product)s: %(document)s replaces what was credited by %(price)s, "
                "%(days)s.",
                **values,
            )
        if found.settled == found.charged:
            return [text]
        settled = self.env._(
            "With what was conceded on the invoice, that is %(amount)s of the period.",
            amount=self._money(found.settled),
        )
        return [text, settled]

    def _tell_promise(self, found):
        """Terms, days, what is already counted: the way of every charge."""
        sentences = []
        if found.source == "opening":
            sentences.append(self._tell_opening(found))
        sentences += self._tell_steps(found)
        cut = any(step.share != 1 for step in found.steps) or len(found.steps) > 1
        plain = found.is_uniform and not cut and found.steps[0].periods == 1
        if not plain or found.before or found.ratio != 1:
            amount = self._money(found.promised)
            sentences.append(self.env._("That is %(amount)s.", amount=amount))
        if found.before:
            amount = self._money(found.before)
            sentences.append(
                self.env._(
                    "Already counted for this period: %(amount)s.", amount=amount
                )
            )
        if found.source != "opening":
            sentences += self._tell_ratio(found)
        return sentences

    def _tell_opening(self, found):
        if not found.printed:
            return self.env._(
                "%(product)s: billed elsewhere before, %(days)s; nothing is charged.",
                product=self._get_product_text(),
                days=self._get_entry_days(),
            )
        return self.env._(
            "%(product)s: already billed on %(document)s, %(days)s: %(price)s.",
            product=self._get_product_text(),
            document=found.printed.name,
            days=self._get_entry_days(),
            price=self._get_price_text(found.printed),
        )

    def _tell_ratio(self, found):
        """Why the amount on the document is not all of what was settled."""
        if found.given_up:
            return [self.env._("Given up: nothing is charged.")]
        if found.ratio == 0 and found.first_period == "free":
            return [self.env._("The first period is free: nothing is charged.")]
        if found.ratio == 1:
            return []
        return [
            self.env._(
                "Of these %(amount)s, %(percent)s %% had really been charged.",
                amount=self._money(found.settled),
                percent=number_text(self.env, float(found.ratio * 100)),
            )
        ]

    # === Steps === #

    def _tell_steps(self, found):
        if found.is_uniform:
            (held, *_same) = [held for step in found.steps for held in step.held]
            return [
                self._tell_terms(found, held),
                *self._tell_days(found),
                self.env._(
                    "Price of the version of %(date)s.",
                    date=format_date(self.env, held.version.start),
                ),
            ]
        product = self.env._("%(product)s.", product=self._get_product_text())
        sentences = [product, *self._tell_days(found)]
        if len(found.steps) > _STEPS:
            return sentences
        for step in found.steps:
            sentences += [self._tell_held(found, held) for held in step.held]
        return sentences

    def _tell_terms(self, found, held):
        """Quantity × price = amount, a month."""
        values = {
            "product": self._get_product_text(),
            "price": self._get_price_text(held.version),
            "amount": self._money(held.full),
            "rhythm": self._get_rhythm_text(found),
        }
        if self._is_bare(held.version):
            # One unit at its full price: the amount says it all.
            return self.env._("%(product)s, %(amount)s %(rhythm)s.", **values)
        return self.env._("%(product)s, %(price)s = %(amount)s %(rhythm)s.", **values)

    def _tell_held(self, found, held):
        """The days of one version among several."""
        values = {
            "count": held.days,
            "price": self._get_price_text(held.version),
            "amount": self._money(held.full),
            "rhythm": self._get_rhythm_text(found),
            "date": format_date(self.env, held.version.start),
        }
        if held.days == 1:
            return self.env._(
                "1 day at %(price)s = %(amount)s %(rhythm)s, version of %(date)s.",
                **values,
            )
        return self.env._(
            "%(count)s days at %(price)s = %(amount)s %(rhythm)s, version of %(date)s.",
            **values,
        )

    def _tell_days(self, found):
        """The days that are paid for, out of those of the full period."""
        steps = found.steps
        if len(steps) > _STEPS:
            return [
                self.env._(
                    "%(count)s billing periods, %(days)s.",
                    count=sum(step.periods for step in steps),
                    days=self._get_entry_days(),
                )
            ]
        return [
            self._tell_step_days(found, step)
            for step in steps
            # A period that nothing is promised for any more has no days to tell.
            if step.served or len(steps) == 1
        ]

    def _tell_step_days(self, found, step):
        if not step.served:
            return self.env._(
                "%(days)s: no day is to be billed any more.",
                days=self._get_span_text(step.whole),
            )
        count, whole = step.counted
        values = {
            "days": format_list(self.env, [*map(self._get_span_text, step.served)]),
            "count": count,
            "whole": whole,
        }
        if step.periods > 1:
            return self.env._(
                "%(days)s: %(count)s full periods.",
                **{**values, "count": step.periods},
            )
        if step.stub:
            return self.env._(
                "%(days)s: the first period is charged in full.", **values
            )
        if found.basis == "none" and count != whole:
            return self.env._(
                "%(days)s: a part of a period is charged in full.", **values
            )
        if found.basis == "30_360" and step.share != 1:
            return self.env._(
                "%(days)s: %(count)s days of %(whole)s, in months of 30 days.", **values
            )
        if count == 1:
            return self.env._("%(days)s: 1 day of %(whole)s.", **values)
        return self.env._("%(days)s: %(count)s days of %(whole)s.", **values)

    # === Words === #

    def _money(self, amount):
        return amount_text(self.env, amount, self.currency_id)

    def _get_product_text(self):
        """The product as the customer knows it."""
        product = self.product_id or self.sale_line_id.product_id
        label = (self.move_line_id.name or self.sale_line_id.name or "").split("\n")[0]
        return product.with_context(display_default_code=False).display_name or label

    def _is_bare(self, terms):
        return terms.quantity == 1 and not terms.discount and not self._get_uom_text()

    def _get_price_text(self, terms):
        """ "25 × 38.00 € less 10 %".

        :param terms: anything with a quantity, a price and a discount.
        """
        uom = self._get_uom_text()
        quantity = number_text(self.env, terms.quantity)
        values = {
            "quantity": f"{quantity} {uom}" if uom else quantity,
            "price": self._get_unit_price_text(terms.price),
            "discount": number_text(self.env, terms.discount),
        }
        if not terms.discount:
            return self.env._("%(quantity)s × %(price)s", **values)
        return self.env._("%(quantity)s × %(price)s less %(discount)s %%", **values)

    def _get_unit_price_text(self, price):
        """A price with all the decimals it was agreed at, at most six."""
        currency = self.currency_id
        decimals = min(-price.normalize().as_tuple().exponent, 6)
        if decimals <= currency.decimal_places:
            return amount_text(self.env, price, currency)
        number = formatLang(self.env, float(price), digits=decimals)
        if currency.position == "after":
            return f"{number}\N{NO-BREAK SPACE}{currency.symbol}"
        return f"{currency.symbol}\N{NO-BREAK SPACE}{number}"

    def _get_uom_text(self):
        """The unit of measure, unless things are simply counted."""
        line = self.move_line_id or self.sale_line_id
        unit = self.env.ref("uom.product_uom_unit", raise_if_not_found=False)
        uom = line.product_uom_id
        return "" if uom == unit else uom.name or ""

    def _get_rhythm_text(self, found):
        if found.interval != 1:
            return rhythm_text(self.env, found.unit, found.interval)
        return {
            "day": self.env._("a day"),
            "week": self.env._("a week"),
            "month": self.env._("a month"),
            "year": self.env._("a year"),
        }[found.unit]

    def _get_span_text(self, period):
        if period.days == 1:
            return self.env._("on %(day)s", day=format_date(self.env, period.start))
        return self.env._(
            "%(start)s to %(end)s",
            start=format_date(self.env, period.start),
            end=format_date(self.env, period.last),
        )

    def _get_entry_days(self):
        return self._get_span_text(Period.inclusive(self.period_start, self.period_end))
