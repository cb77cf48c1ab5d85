from odoo import api, fields, models
from odoo.tools.misc import format_date, formatLang

from ...plan.wording import amount_text
from ..policy.billing_dunning_policy_choice import Chosen

#: Reasons that need no figures.
_PLAIN = ("nothing_owed", "no_policy", "blocked", "undecided", "left_alone")


class BillingDunningCase(models.Model):
    """Why something is done for a case, or why not, as people read it."""

    _inherit = "billing.dunning.case"

    reason_text = fields.Char(string="Why", compute="_compute_reason_text")
    why_not = fields.Char(
        compute="_compute_reason_text", help="Empty while a step is due."
    )
    next_text = fields.Char(compute="_compute_next_text")
    policy_text = fields.Char(compute="_compute_policy_text")

    @api.depends("reason_code", "reason_facts")
    @api.depends_context("lang")
    def _compute_reason_text(self):
        for case in self:
            case.reason_text = case._get_reason_text()
            due = case.reason_code in ("due", "announced", "sending_off")
            case.why_not = False if due else case.reason_text

    @api.depends("next_level_id", "next_on", "reason_code")
    @api.depends_context("lang")
    def _compute_next_text(self):
        for case in self:
            case.next_text = case._get_next_text()

    @api.depends("policy_id", "policy_facts")
    @api.depends_context("lang")
    def _compute_policy_text(self):
        policies = self.env["billing.dunning.policy"]
        for case in self:
            facts = case.policy_facts or {}
            passed = facts.get("passed_over", [])
            kept = policies.browse(key for key, _name in passed).exists()
            chosen = Chosen(
                case.policy_id,
                tuple(facts.get("because", ())),
                tuple(
                    (policies.browse(key), name)
                    for key, name in passed
                    if policies.browse(key) in kept
                ),
            )
            case.policy_text = case.policy_id._get_choice_text(chosen, case.partner_id)

    # === Sentences === #

    def _get_next_text(self):
        """ "Firm reminder on 27/11/2026 by e-mail, unless paid." """
        self.ensure_one()
        if self.state == "closed":
            return self.env._("Nothing is owed.")
        if not self.next_level_id:
            return self.reason_text
        level = self.next_level_id
        channels = dict(level._fields["channel"]._description_selection(self.env))
        return self.env._(
            "%(step)s on %(day)s (%(channel)s), unless paid.",
            step=level.name,
            day=format_date(self.env, self.next_on),
            channel=channels[level.channel].lower(),
        )

    def _get_reason_text(self):
        """Why a step is due, or why none is."""
        return self._get_reason_text_of(self.reason_code, self.reason_facts or {})

    def _get_reason_text_of(self, code, facts):
        """A reason of the engine in a sentence.

        :param str code: of the reason.
        :param dict facts: as they are kept.
        """
        self.ensure_one()
        if not code:
            return False
        if code in _PLAIN:
            return self._get_plain_reason_text(code)
        if code in ("due", "announced", "sending_off"):
            return self._get_due_text(code, facts)
        if code in ("disputed", "promised", "planned", "on_way"):
            return self._get_part_text(code, facts)
        if code in ("covered", "below_smallest"):
            return self._get_amount_reason_text(code, facts)
        return self._get_day_reason_text(code, facts)

    def _get_plain_reason_text(self, code):
        return {
            "nothing_owed": self.env._("Nothing is owed"),
            "no_policy": self.env._("No reminder policy is for this customer"),
            "blocked": self.env._("Blocked in accounting"),
            "undecided": self.env._(
                "Overdue before reminders were switched on: to be decided"
            ),
            "left_alone": self.env._("Left alone, as decided"),
        }[code]

    def _get_due_text(self, code, facts):
        level = self.env["billing.dunning.level"].browse(facts.get("level"))
        if code == "sending_off":
            return self.env._("Sending is not switched on")
        day = self._day(facts, "due")
        if code == "announced":
            return self.env._("Due date %(due)s comes", due=day)
        last = self._day(facts, "last_step")
        if last:
            return self.env._(
                "Due date %(due)s, no answer to the reminder of %(last)s",
                due=day,
                last=last,
            )
        return self.env._("Due date %(due)s: %(step)s", due=day, step=level.name)

    def _get_part_text(self, code, facts):
        amount = self._amount(facts, "amount")
        since, until = self._day(facts, "since"), self._day(facts, "until")
        if code == "disputed":
            return self.env._(
                "Disputed since %(since)s, review %(until)s", since=since, until=until
            )
        if code == "promised":
            return self.env._(
                "Promised: %(amount)s on %(day)s", amount=amount, day=until
            )
        if code == "planned":
            return self.env._(
                "Payment plan: %(amount)s, next on %(day)s", amount=amount, day=until
            )
        return self.env._("Payment on its way since %(day)s", day=since)

    def _get_amount_reason_text(self, code, facts):
        if code == "covered":
            return self.env._(
                "Covered by %(credits)s: net %(net)s",
                credits=", ".join(facts.get("credits") or []) or self.env._("credits"),
                net=self._amount(facts, "net"),
            )
        return self.env._(
            "%(amount)s overdue: below %(smallest)s",
            amount=self._amount(facts, "amount"),
            smallest=self._amount(facts, "smallest"),
        )

    def _get_day_reason_text(self, code, facts):
        """Reasons that a day ends, or a person."""
        until = self._day(facts, "until")
        following = self._day(facts, "next")
        step = self.env["billing.dunning.level"].browse(facts.get("level")).name
        return {
            "held": lambda: (
                self.env._("On hold until %(day)s", day=until)
                if until
                else self.env._("On hold until lifted")
            ),
            "answer": lambda: self.env._("An answer waits to be read"),
            "rest_day": lambda: self.env._("Rest day; again %(day)s", day=following),
            "week_full": lambda: self.env._(
                "Contacts of the week are used up; next possible %(day)s", day=following
            ),
            "contacted": lambda: self.env._(
                "Already contacted on %(day)s", day=self._day(facts, "last")
            ),
            "not_due": lambda: self.env._(
                "Not due before %(day)s", day=self._day(facts, "due")
            ),
            "grace": lambda: self.env._("Grace until %(day)s", day=until),
            "resting": lambda: self.env._(
                "Reminded on %(last)s; %(step)s on %(day)s",
                last=self._day(facts, "last_step"),
                step=step,
                day=self._day(facts, "day"),
            ),
            "ladder_done": lambda: self.env._("All steps of the policy are done"),
            "not_listed": lambda: self.env._(
                "%(step)s names only what a reminder named before", step=step
            ),
        }[code]()

    def _day(self, facts, name):
        """A day of the facts as people read it, or an empty text."""
        day = fields.Date.to_date(facts.get(name))
        return format_date(self.env, day) if day else ""

    def _amount(self, facts, name):
        """An amount of the facts, in the currency that they name or the company's."""
        currency = self.env["res.currency"].browse(facts.get("currency"))
        return amount_text(
            self.env, float(facts.get(name) or 0), currency or self.currency_id
        )

    # === Above the list === #

    @api.model
    def get_billing_headline(self, domain):
        """How many cases of a list call for a step, and how much is at stake.

        :param list domain: of the list.
        :return: a sentence.
        """
        here = fields.Domain(domain) & fields.Domain("state", "=", "open")
        due = here & fields.Domain("next_on", "<=", self.env.company._billing_today())
        count, amount = self._read_group(due, [], ["__count", "overdue_net:sum"])[0]
        if not self.search_count(here, limit=1):
            return self.env._("Nobody owes anything.")
        if not count:
            following = self.search(
                here & fields.Domain("next_on", "!=", False), order="next_on", limit=1
            )
            if not following:
                return self.env._("No step is due.")
            return self.env._(
                "No step is due. The next one: %(day)s.",
                day=format_date(self.env, following.next_on),
            )
        steps = self._get_steps_text(count)
        currencies = self.env.companies.currency_id
        if len(currencies) > 1:
            return f"{steps}."
        return self.env._(
            "%(steps)s, %(amount)s at stake.",
            steps=steps,
            amount=amount_text(self.env, amount or 0, currencies),
        )

    def _get_steps_text(self, count):
        if count == 1:
            return self.env._("1 step is due")
        return self.env._(
            "%(count)s steps are due", count=formatLang(self.env, count, digits=0)
        )
