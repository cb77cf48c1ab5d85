"""What a document lacks by law, told with the record on which it is mended."""

from dataclasses import dataclass

from odoo.exceptions import UserError
from odoo.tools.misc import format_date

from ....engine import identifiers
from ....engine.mentions import home_of
from ....engine.payment_days import latest_due_date
from .billing_statutory_rate import half_year_text


class MentionsMissing(UserError):
    """A document that its company does not post, for what it lacks by law.

    :param record: the first to mend.
    """

    def __init__(self, message, record):
        super().__init__(message)
        self.record = record


@dataclass(frozen=True)
class Fault:
    """A thing that the law wants on a document and that is not there, or wrong.

    :param code: the placeholder that is missing, or what is wrong: stable.
    :param record: where it is mended: a customer, a company, a document; an empty
        ``billing.statutory.rate`` or the one of the half-year.
    :param fact: what is missing, as a noun.
    :param warning: a sentence for it, where the noun does not do.
    :param blocks: whether a company that wants no document without what the law asks
        for waits for it; else it is told and no more.
    """

    code: str
    record: object
    fact: str
    warning: str = ""
    blocks: bool = True

    @property
    def culprit(self):
        """What faults of one record share, and a missing rate with no other."""
        return self.record._name, self.record.id, self.warning


def get_blocking(faults, company):
    """Those of some faults that keep a company's document from being posted.

    :rtype: list[Fault]
    """
    if company.billing_mention_policy != "block":
        return []
    return [fault for fault in faults if fault.blocks]


def get_sentence(faults, *, blocking):
    """What is wrong with one record, as a sentence.

    :param faults: its ``Fault`` values, at least one.
    :param blocking: whether nothing is posted before it is mended.
    """
    env = faults[0].record.env
    facts = ", ".join(fault.fact for fault in faults)
    if blocking:
        return env._("Missing before posting: %(facts)s.", facts=facts)
    return faults[0].warning or env._("Missing on the invoice: %(facts)s.", facts=facts)


def _is_french(partner):
    """Whether a customer lives by French law; so it is taken without a country."""
    return home_of(partner.country_id.code or "FR") == "FR"


class FaultFinder:
    """Finds the faults of the papers of one batch.

    :param reader: the ``Reader`` of the batch: it remembers what was asked.
    """

    def __init__(self, reader):
        self.reader = reader
        self.env = reader.env

    def find(self, paper, reading, document):
        """The faults of a document.

        :param document: the record that stands for it: an invoice, or the
            subscription of an invoice to come.
        :rtype: list[Fault]
        """
        records = {
            "seller": paper.company,
            "buyer": paper.buyer,
            "document": document,
            "mention": document,
        }
        found = {}
        for one in reading.missing:
            if one.name == "rate":
                found[one.name] = self.reader.once(
                    ("rate fault", paper.company, paper.on),
                    lambda: self._get_rate_fault(paper),
                )
            else:
                record = records[one.owner]
                fact = self._get_fact(one.name, record.display_name)
                found[one.name] = Fault(one.name, record, fact)
        if "origin" in found:
            # Without the invoice there is no date to enter.
            found.pop("origin_date", None)
        shared = self.reader.once(
            ("faults", paper.company, paper.partner, paper.on),
            lambda: [*self._find_addresses(paper), *self._find_formats(paper)],
        )
        # A number that is wrong is told as such, not as missing too.
        found.update({fault.code: fault for fault in shared})
        return [*found.values(), *self.find_late_due(paper, document)]

    def find_late_due(self, paper, document):
        """A due date that French professionals may not agree on: the invoice is one all
        the same (C. com. L441-10 I, L441-16).

        :return: yields a ``Fault`` or nothing.
        """
        if paper.document != "invoice" or not paper.due:
            return
        latest = latest_due_date(paper.on)
        if paper.due <= latest or not self._is_between_french(paper):
            return
        days = {
            "date": format_date(self.env, paper.on),
            "due": format_date(self.env, paper.due),
            "latest": format_date(self.env, latest),
        }
        fact = self.env._("a due date by %(latest)s at the latest", **days)
        warning = self.env._(
            "An invoice of %(date)s may be due by %(latest)s between professionals, "
            "not on %(due)s (60 days, or 45 days end of month: C. com. L441-10).",
            **days,
        )
        yield Fault("due_late", document, fact, warning, blocks=False)

    def _is_between_french(self, paper):
        """Whether French law on trade between professionals holds for a document."""
        return (
            paper.company._is_billing_french()
            and paper.buyer.billing_buyer_kind == "professional"
            and _is_french(paper.buyer)
        )

    def _get_rate_fault(self, paper):
        rates = self.env["billing.statutory.rate"]._get_of_day(paper.on)
        half = half_year_text(self.env, paper.on)
        fact = self.env._("the late-payment rate of the %(half)s", half=half)
        warning = self.env._("No late-payment rate for the %(half)s.", half=half)
        return Fault("rate", rates or paper.company, fact, warning)

    def _get_fact(self, name, owner):
        """A missing fact and whose it is, as a noun."""
        words = self._get_words(owner)
        if name in words:
            return words[name]
        return self.env._(
            "%(fact)s of %(document)s",
            fact=self._get_document_words()[name],
            document=owner,
        )

    def _get_words(self, name):
        """Facts of a seller or a buyer, as nouns."""
        return {
            "company": self.env._("the name of %(name)s", name=name),
            "legal_form": self.env._("the legal form of %(name)s", name=name),
            "capital": self.env._("the share capital of %(name)s", name=name),
            "register_city": self.env._("the register of %(name)s", name=name),
            "siren": self.env._("the SIREN of %(name)s", name=name),
            "seller_vat": self.env._("the tax number of %(name)s", name=name),
            "exemption": self.env._("the article of exemption of %(name)s", name=name),
            "vat_group": self.env._("the VAT group of %(name)s", name=name),
            "buyer_siren": self.env._("the SIREN of %(name)s", name=name),
            "buyer_vat": self.env._("the tax number of %(name)s", name=name),
        }

    def _get_document_words(self):
        """Facts of documents, as nouns."""
        return {
            "due_date": self.env._("the due date"),
            "origin": self.env._("the invoice that it corrects"),
            "origin_date": self.env._("the date of the invoice that it corrects"),
            "discount": self.env._("the discount"),
            "discount_days": self.env._("the days of the discount"),
            "delivery_address": self.env._("the delivery address"),
            "recovery": self.env._("the recovery indemnity of its mention"),
        }

    def _find_addresses(self, paper):
        service = self.env["billing.invoicing"]
        seller = paper.company.partner_id
        for code, partner, record in (
            ("seller_address", seller, paper.company),
            ("buyer_address", paper.partner, paper.partner),
        ):
            parts = service._get_missing_address_parts(partner)
            if parts:
                fact = self.env._(
                    "%(parts)s in the address of %(name)s",
                    parts=", ".join(parts),
                    name=partner.display_name,
                )
                yield Fault(code, record, fact)

    def _find_formats(self, paper):
        company, buyer = paper.company, paper.buyer
        seller = company._get_billing_country().code or ""
        yield from self._check_vat("seller_vat", company.partner_id, company, seller)
        yield from self._check_vat("buyer_vat", buyer, buyer, buyer.country_id.code)
        if not company._is_billing_french():
            return
        yield from self._check_siren("siren", company.partner_id, company)
        if buyer.billing_buyer_kind != "consumer" and _is_french(buyer):
            yield from self._check_siren("buyer_siren", buyer, buyer)
        if company._is_billing_rate_too_low(paper.on):
            fact = self.env._(
                "a late-payment rate of %(name)s of at least three times the legal "
                "interest rate",
                name=company.display_name,
            )
            yield Fault("late_rate_low", company, fact)

    def _check_vat(self, code, partner, record, country):
        number = partner._get_billing_vat()
        if number and not identifiers.is_valid_vat(number, country or ""):
            fact = self.env._(
                "a valid tax number of %(name)s (%(number)s is none)",
                name=partner.display_name,
                number=number,
            )
            yield Fault(code, record, fact)

    def _check_siren(self, code, partner, record):
        number = partner.company_registry
        if number and not self.reader.get_siren(partner):
            fact = self.env._(
                "a valid SIREN of %(name)s (%(number)s is none)",
                name=partner.display_name,
                number=number,
            )
            yield Fault(code, record, fact)
