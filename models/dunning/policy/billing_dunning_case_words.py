from datetime import timedelta

from odoo import models
from odoo.tools.misc import format_date, formatLang

from ...plan.wording import amount_text

_BUTTON = (
    "display: inline-block; padding: 10px 18px; border-radius: 4px; "
    "text-decoration: none; font-weight: bold; color: {front}; "
    "background-color: {back};"
)


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
            "days_late": oldest and max((today - oldest).days, 0),
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
        """The user who signs: the customer's salesperson, else whoever sends."""
        return next(iter(self._billing_get_people(debt)), self.env.user)

    def _billing_get_people(self, debt):
        """Who may sign, the closest first; the system itself signs nothing."""
        users = [self.partner_id.user_id]
        users += [move.invoice_user_id for move in debt.moves]
        users += [*self._billing_get_owners(), self.env.user]
        root = self.env.ref("base.user_root")
        return [user for user in users if user and user != root]

    def _billing_get_owners(self):
        """Who looks after the case where no salesperson does, the closest first."""
        return [self.company_id.billing_answer_user_id]

    def _billing_get_sender_words(self, debt):
        """Who signs: a person with a telephone, for the company."""
        # A person's name and telephone stand below what they send.
        sender, company = self._billing_get_sender(debt).sudo(), self.company_id
        phone = sender.phone or company.phone
        name = None if sender == self.env.ref("base.user_root") else sender.name
        named = ", ".join(filter(None, (name, company.name)))
        return {
            "company": company.name,
            "place": company.city,
            "mail": company.email or None,
            "sender_name": name or company.name,
            "sender_phone": phone or None,
            "sender": f"{named} · {phone}" if phone else named,
            "function": sender.partner_id.function or None,
        }

    # === What late payment costs === #

    def _billing_get_charge_words(self, debt, level):
        """Interest and fixed sums, when the level tells them; else only None."""
        names = ("rate", "interest", "per_day", "recovery", "each", "grand_total")
        listed, net = debt.listed, debt.net
        nothing = dict.fromkeys(names) | {
            "announced": False,
            "grand_total": self._billing_get_total_text(net),
        }
        if not listed or (level and level.charges == "none"):
            return nothing
        today = self.company_id._billing_today()
        charges = self._billing_get_late_charges(listed, today)
        rates = [
            line.percent
            for charge in charges.values()
            for invoice in charge.invoices
            for line in invoice.lines[-1:]
        ]
        if not rates:
            return nothing
        return {
            "announced": not level or level.charges == "announce",
            "rate": formatLang(self.env, float(rates[0])),
            "each": self._billing_get_each_text(listed, today),
            "per_day": self._billing_get_per_day_text(listed, today),
            "interest": self._billing_get_total_text(
                {currency: one.interest for currency, one in charges.items()}
            ),
            "recovery": self._billing_get_total_text(
                {currency: one.cost for currency, one in charges.items()}
            ),
            "grand_total": self._billing_get_total_text(
                {
                    currency: net[currency] + one.total
                    for currency, one in charges.items()
                }
            ),
        }

    def _billing_get_each_text(self, listed, day):
        """The fixed sum of an invoice, without cents where there are none."""
        currency = listed[0].currency
        each = self._billing_get_late_law(currency, day).each
        if each != int(each):
            return amount_text(self.env, each, currency)
        number = formatLang(self.env, int(each), digits=0)
        return f"{number}\N{NO-BREAK SPACE}{currency.symbol}"

    def _billing_get_per_day_text(self, listed, day):
        """What a day more costs, rounded to the cent."""
        found = self._billing_get_interest_of_a_day(listed, day)
        return found and self._billing_get_total_text(found)
