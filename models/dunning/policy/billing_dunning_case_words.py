from dataclasses import dataclass
from datetime import timedelta

from odoo import models
from odoo.tools.misc import format_date, formatLang

from ...plan.wording import amount_text

_BUTTON = (
    "display: inline-block; padding: 10px 18px; border-radius: 4px; "
    "text-decoration: none; font-weight: bold; color: {front}; "
    "background-color: {back};"
)


@dataclass(frozen=True)
class Told:
    """The words of one message: its subject and its body say the same.

    Handed on in the context, where no client can send one.
    """

    case_id: object
    words: dict


class BillingDunningCase(models.Model):
    """The words of a message to the customer, in the customer's language."""

    _inherit = "billing.dunning.case"

    def _billing_get_words(self, level=None):
        """What mails, letters, scripts and short messages fill in.

        Texts are in the language of those who are written to; what is not known or not
        true is None, so that the sentence that needs it vanishes.

        :param level: the ``billing.dunning.level`` of the message; by default that of
            the context (``billing_dunning_level_id``).
        :return: dict, see ``docs/flows/dunning.md``, "Words of a message".
        """
        self.ensure_one()
        told = self.env.context.get("billing_dunning_told")
        if isinstance(told, Told) and told.case_id == self.id:
            return told.words
        level = level or self._billing_get_told_level()
        case = self.with_context(lang=self._billing_get_language())
        debt = case._billing_get_debt(level)
        words = {
            **case._billing_get_debt_words(debt, level),
            **case._billing_get_history_words(),
            **case._billing_get_link_words(debt),
            **case._billing_get_sender_words(debt),
            **case._billing_get_charge_words(debt, level),
            "contact": case._billing_get_greeting(),
            "kind": case._billing_get_kind(),
            "warm": not level or level.policy_id.tone == "warm",
            "warned": bool(level) and level.subscription_effect != "nothing",
        }
        words["documents"] = case._billing_get_documents_text(words)
        return words

    def _billing_tell(self, level):
        """The case with the words of a level, read once for all that is rendered."""
        case = self.with_context(
            lang=self._billing_get_language(), billing_dunning_level_id=level.id
        )
        told = Told(self.id, case._billing_get_words(level))
        return case.with_context(billing_dunning_told=told)

    def _billing_get_told_level(self):
        """The level that the message is of, as the context says it."""
        levels = self.env["billing.dunning.level"]
        return levels.browse(self.env.context.get("billing_dunning_level_id"))

    # === What is owed === #

    def _billing_get_debt_words(self, debt, level):
        """How much, for which invoices, since when, until when."""
        today = self.company_id._billing_today()
        days = level.answer_days if level else 8
        oldest = min((one.due for one in debt.listed), default=None)
        deducted = debt.deducted
        return {
            "count": len(debt.moves),
            "number": ", ".join(move.name for move in debt.moves),
            "reference": self._billing_get_reference(debt),
            "amount": self._billing_get_total_text(debt.gross),
            "total": self._billing_get_total_text(debt.net),
            "credits_line": deducted
            and self.env._(
                "Credit notes and payments not yet matched are deducted: %(amount)s.",
                amount=self._billing_get_total_text(deducted),
            ),
            "due_date": oldest and format_date(self.env, oldest),
            "days_late": oldest and self._billing_get_days_text(today - oldest),
            "invoices": self._billing_get_table(debt, today),
            "date": format_date(self.env, today),
            "letter_date": format_date(self.env, today, date_format="long"),
            "deadline": format_date(self.env, today + timedelta(days=days)),
            "days": days,
        }

    def _billing_get_total_text(self, amounts):
        """Amounts of several currencies, which are not added up."""
        told = [
            amount_text(self.env, amount, currency)
            for currency, amount in amounts.items()
        ]
        return " + ".join(told)

    def _billing_get_days_text(self, span):
        if span.days == 1:
            return self.env._("1 day")
        return self.env._("%(count)s days", count=span.days)

    def _billing_get_reference(self, debt):
        """What a transfer is to name."""
        named = [move.payment_reference or move.name for move in debt.moves]
        return ", ".join(dict.fromkeys(named))

    def _billing_get_table(self, debt, today):
        """The table of the invoices: number, due date, days late, open amount."""
        rows = [
            {
                "number": one.line.move_id.name,
                "due": format_date(self.env, one.due),
                "late": max((today - one.due).days, 0),
                "open": amount_text(self.env, one.amount, one.currency),
            }
            for one in debt.listed
        ]
        return self.env["ir.qweb"]._render(
            "recurring_billing.dunning_invoice_table", {"rows": rows}
        )

    def _billing_get_documents_text(self, words):
        """ "Invoice FAC/2026/00790", or "3 invoices": the subject's first words."""
        if words["count"] == 1:
            return self.env._("Invoice %(number)s", number=words["number"])
        return self.env._("%(count)s invoices", count=words["count"])

    # === Who, and what was said before === #

    def _billing_get_greeting(self):
        """The name that a message greets: a person's, else the firm's."""
        contact = self._billing_get_contact()
        return contact.name or self.partner_id.name or ""

    def _billing_get_contact_dates(self):
        """The days on which the customer was written to or called, the first first."""
        return []

    def _billing_get_history_words(self):
        days = self._billing_get_contact_dates()
        told = [format_date(self.env, day) for day in days]
        return {
            "contacts": len(told),
            "last_date": told[-1] if told else None,
            "dates": self._billing_join(told) if told else None,
        }

    def _billing_join(self, texts):
        """ "a, b and c"."""
        *first, last = texts
        if not first:
            return last
        return self.env._("%(first)s and %(last)s", first=", ".join(first), last=last)

    # === How to pay and to answer === #

    def _billing_get_answer_url(self):
        """The page on which the customer answers, False where there is none."""
        return False

    def _billing_get_pay_url(self, debt):
        """The page on which the customer pays all of it, None where there is none."""
        moves = debt.moves
        return moves[0]._billing_get_pay_url() if len(moves) == 1 else None

    def _billing_get_link_words(self, debt):
        on_paper = self.env.context.get("billing_dunning_on_paper")
        company = self.company_id
        return {
            "pay_url": None if on_paper else self._billing_get_pay_url(debt),
            "answer_url": self._billing_get_answer_url(),
            "on_paper": on_paper,
            "transfer": self._billing_get_transfer_text(debt),
            "button": _BUTTON.format(
                front=company.email_primary_color or "#FFFFFF",
                back=company.email_secondary_color or "#5B4A73",
            ),
        }

    def _billing_get_transfer_text(self, debt):
        """How to pay by transfer, None where no account is known."""
        for move in debt.moves:
            # Whoever is asked for money may know where to pay it.
            bank = move.sudo().partner_bank_id
            if bank:
                return self.env._(
                    "By bank transfer: %(account)s, reference %(reference)s.",
                    account=move._billing_get_bank_texts(bank)["iban"],
                    reference=self._billing_get_reference(debt),
                )
        return None

    def _billing_get_sender(self, debt):
        """The user who signs: the customer's salesperson, else whoever sends.

        Empty where no person does: the company signs.
        """
        users = [self.partner_id.user_id]
        users += [move.invoice_user_id for move in debt.moves]
        users += [*self._billing_get_owners(), self.env.user]
        root = self.env.ref("base.user_root")
        return next((user for user in users if user - root), root.browse())

    def _billing_get_owners(self):
        """Who looks after the case where no salesperson does, the closest first."""
        return [self.company_id.billing_answer_user_id]

    def _billing_get_sender_words(self, debt):
        """Who signs: a person with a telephone, for the company."""
        # A person's name and telephone stand below what they send.
        sender, company = self._billing_get_sender(debt).sudo(), self.company_id
        phone = sender.phone or company.phone
        named = ", ".join(filter(None, (sender.name, company.name)))
        return {
            "company": company.name,
            "place": company.city,
            "mail": company.email or None,
            "sender_name": sender.name or company.name,
            "sender_phone": phone or None,
            "sender": f"{named} · {phone}" if phone else named,
            "function": sender.partner_id.function or None,
        }

    # === What late payment costs === #

    def _billing_get_charge_words(self, debt, level):
        """Interest and fixed sums, when the level tells them; else only None.

        ``interest`` is None too where the rate of a day is not known.
        """
        names = ("rate", "interest", "per_day", "recovery", "each")
        words = dict.fromkeys(names) | {
            "announced": False,
            "grand_total": self._billing_get_total_text(debt.net),
        }
        today = self.company_id._billing_today()
        charges = {}
        if debt.listed and not (level and level.charges == "none"):
            charges = self._billing_get_late_charges(debt.listed, today)
        if not any(one.total for one in charges.values()):
            return words
        rated = not any(one.unrated for one in charges.values())
        words |= {
            "each": self._billing_get_each_text(debt.listed, today),
            "recovery": self._billing_get_total_text(
                {currency: one.cost for currency, one in charges.items()}
            ),
            "grand_total": self._billing_get_total_text(
                {
                    currency: amount
                    + (charges[currency].total if rated else charges[currency].cost)
                    for currency, amount in debt.net.items()
                }
            ),
        }
        if rated:
            words |= self._billing_get_interest_words(debt, charges, today)
            words["announced"] = not level or level.charges == "announce"
        return words

    def _billing_get_interest_words(self, debt, charges, today):
        """The rate of the oldest invoice, its amount, and what a day more costs."""
        rates = [
            line.percent
            for one in charges.values()
            for invoice in one.invoices
            for line in invoice.lines[-1:]
        ]
        per_day = self._billing_get_interest_of_a_day(debt.listed, today)
        return {
            "rate": formatLang(self.env, float(rates[0])) if rates else None,
            "interest": self._billing_get_total_text(
                {currency: one.interest for currency, one in charges.items()}
            ),
            "per_day": self._billing_get_total_text(per_day) if per_day else None,
        }

    def _billing_get_each_text(self, listed, day):
        """The fixed sum of an invoice, without cents where there are none."""
        currency = listed[0].currency
        each = self._billing_get_late_law(currency, day).each
        if each != int(each):
            return amount_text(self.env, each, currency)
        number = formatLang(self.env, int(each), digits=0)
        return f"{number}\N{NO-BREAK SPACE}{currency.symbol}"
