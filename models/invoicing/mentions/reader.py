"""From the records of a document to what the engine asks of it.

What many documents of a batch share is read once: by company, customer, language, tax,
never by document.
"""

from dataclasses import dataclass, field
from datetime import date

from odoo.tools.misc import format_date, formatLang, get_lang

from ....engine import identifiers, mention_texts, mentions
from ...plan.numbers import as_decimal


@dataclass
class Paper:
    """A document to come or to post, as far as its mentions go.

    :param partner: who is invoiced.
    :param buyer: the customer by law; None: the partner's company, or the partner.
    :param on: the date of the document.
    :param lines: (whether goods are sold, taxes) of each line with an amount.
    :param due: the day it is to be paid, or None.
    :param delivery: where goods go.
    :param origins: the invoices that a credit note corrects, oldest first.
    """

    company: object
    partner: object
    on: date
    lines: list
    document: str = "invoice"
    term: object = None
    due: date | None = None
    delivery: object = None
    origins: object = ()
    buyer: object = None

    def __post_init__(self):
        self.buyer = self.buyer or self.partner.commercial_partner_id


@dataclass
class Reading:
    """What a document prints and what is missing for it.

    :param rate: the late-payment rate that it prints, percent a year; 0: none.
    """

    printed: list = field(default_factory=list)
    missing: list = field(default_factory=list)
    rate: float = 0.0

    def as_json(self):
        """The mentions as they are copied onto the document."""
        return [
            {"code": one.code, "note_code": one.note_code, "text": one.text}
            for one in self.printed
        ]


class Reader:
    """Reads the papers of one batch."""

    def __init__(self, env):
        self.env = env
        self.union = env["billing.statutory.rate"]._get_union()
        self._found = {}

    def read_paper(self, paper):
        """The mentions of a document.

        :type paper: Paper
        :rtype: Reading
        """
        lang = self.get_language(paper)
        case = self.get_situation(paper)
        company = paper.company
        chosen = self.once(
            ("chosen", company.id, lang, paper.on, case),
            lambda: mentions.choose(
                self.env["billing.mention"]._get_rules(lang, company.id),
                case,
                on=paper.on,
            ),
        )
        if not chosen:
            return Reading()
        printed, missing = self.fill(chosen, paper)
        told = {one.code for one in printed}
        if any("{rate}" in rule.text for rule in chosen if rule.code in told):
            # None: a mention of the same code said it in other words.
            return Reading(printed, missing, float(self._get_rate(paper) or 0))
        return Reading(printed, missing)

    def fill(self, rules, paper):
        """The words of rules on a document, and what is missing for them.

        :return: lists of ``engine.mention_texts.Printed`` and ``Missing``.
        """
        env = self.env(context={**self.env.context, "lang": self.get_language(paper)})
        return mention_texts.fill(rules, self.get_facts(paper, env))

    def _get_rate(self, paper):
        company = paper.company
        return self.once(
            ("rate", company.id, paper.on),
            lambda: company._get_billing_late_rate(paper.on),
        )

    def once(self, key, find):
        """What ``find()`` returns, asked once a batch for the same key."""
        if key not in self._found:
            self._found[key] = find()
        return self._found[key]

    def get_language(self, paper):
        """The customer's language, as far as it is installed."""
        code = paper.partner.lang
        return self.once(("lang", code), lambda: get_lang(self.env, code).code)

    # === The situation === #

    def get_situation(self, paper):
        """What the conditions of the law ask of a document."""
        company, buyer = paper.company, paper.buyer
        seller = company._get_billing_country().code or ""
        kind = buyer.billing_buyer_kind or "professional"
        zone = mentions.zone_of(seller, buyer.country_id.code or "", union=self.union)
        goods = [sells_goods for sells_goods, _taxes in paper.lines]
        treatments = {
            self._get_treatment(taxes, sells_goods, company, kind, zone)
            for sells_goods, taxes in paper.lines
        }
        operation = mentions.operation_of(goods)
        return mentions.Situation(
            seller=seller,
            kind=kind,
            zone=zone,
            operation=operation,
            document=paper.document,
            treatments=frozenset(treatments),
            regime=company._get_billing_vat_regime(),
            discount=self._get_discount(paper),
            has_capital=mentions.has_share_capital(company.billing_legal_form or ""),
            in_vat_group=bool(company.billing_vat_group),
            delivered_elsewhere=operation != "services" and self._goes_elsewhere(paper),
        )

    def _get_treatment(self, taxes, goods, company, kind, zone):
        return self.once(
            ("treatment", taxes, goods, company.id, kind, zone),
            lambda: mentions.treatment_of(
                taxed=any(tax.amount for tax in taxes.flatten_taxes_hierarchy()),
                category=next(
                    (
                        tax.ubl_cii_tax_category_code
                        for tax in taxes
                        if tax.ubl_cii_tax_category_code
                    ),
                    None,
                ),
                goods=goods,
                regime=company._get_billing_vat_regime(),
                kind=kind,
                zone=zone,
            ),
        )

    def _get_discount(self, paper):
        if paper.term and paper.term.early_discount:
            return "term"
        return "flat" if paper.company.billing_early_discount else "none"

    def _goes_elsewhere(self, paper):
        return bool(paper.delivery) and paper.delivery not in (
            paper.partner,
            paper.buyer,
        )

    # === The facts === #

    def get_facts(self, paper, env):
        """Text by placeholder, in the language of ``env``; None: missing."""
        lang = env.context["lang"]
        company, buyer = paper.company, paper.buyer
        return {
            **self.once(
                ("seller", company.id, lang), lambda: self._get_seller(company, env)
            ),
            "buyer_siren": self.get_siren(buyer),
            "buyer_vat": buyer._get_billing_vat(),
            "rate": self.once(
                ("rate text", company.id, paper.on, lang),
                lambda: self._get_rate_text(paper, env),
            ),
            "due_date": self._get_day(paper.due, env),
            "origin": ", ".join(origin.name for origin in paper.origins) or None,
            "origin_date": ", ".join(
                dict.fromkeys(
                    self._get_day(origin.invoice_date, env) for origin in paper.origins
                )
            )
            or None,
            **self._get_discount_facts(paper, env),
            "delivery_address": self._get_delivery(paper, env),
        }

    def _get_rate_text(self, paper, env):
        rate = self._get_rate(paper)
        return None if rate is None else formatLang(env, float(rate))

    def _get_seller(self, company, env):
        partner = company.partner_id
        siren = self.get_siren(partner)
        capital = company.billing_share_capital
        return {
            "company": company.name,
            "legal_form": company.billing_legal_form,
            "capital": capital and self._get_money(capital, company.currency_id, env),
            "register_city": company.billing_register_city,
            "siren": siren,
            "seller_vat": partner._get_billing_vat(),
            "exemption": company.billing_exemption,
            "vat_group": company.billing_vat_group,
        }

    def get_siren(self, partner):
        """The SIREN of a business in groups of three; None: missing or not valid."""
        number = partner.company_registry
        siren = number and self.once(
            ("siren", number), lambda: identifiers.siren_of(number)
        )
        return siren and identifiers.spaced_siren(siren)

    def _get_discount_facts(self, paper, env):
        if paper.term and paper.term.early_discount:
            percent, days = paper.term.discount_percentage, paper.term.discount_days
        else:
            percent, days = paper.company.billing_early_discount, 0
        return {
            "discount": percent and formatLang(env, percent),
            "discount_days": str(days) if days else None,
        }

    def _get_delivery(self, paper, env):
        if not self._goes_elsewhere(paper):
            return None
        lines = paper.delivery.with_env(env)._display_address().splitlines()
        return ", ".join(line.strip() for line in lines if line.strip())

    def _get_day(self, day, env):
        if not day:
            return None
        lang = env.context["lang"]
        return self.once(("day", day, lang), lambda: format_date(env, day))

    def _get_money(self, amount, currency, env):
        """An amount without cents where there are none: capitals are round."""
        digits = 0 if as_decimal(amount) % 1 == 0 else currency.decimal_places
        text = formatLang(env, amount, digits=digits)
        parts = (text, currency.symbol)
        return "\N{NO-BREAK SPACE}".join(
            parts if currency.position == "after" else parts[::-1]
        )
