"""What was decided, asked again whenever something is about to leave."""

from datetime import date
from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL

from ....engine.dunning import advance
from ..cases.billing_dunning_writing import as_json
from .billing_dunning_action import action_writer

#: Reasons that pass by themselves: what waits for a person goes on waiting.
_PASSING = frozenset({"rest_day", "week_full", "contacted"})


class BillingDunning(models.AbstractModel):
    _inherit = "billing.dunning"

    @api.model
    def _follow(self, company, looked, today):
        # EXTENDS cases: levels that do not apply are put behind, and what is planned
        # follows the facts at once.
        super()._follow(company, looked, today)
        self._pass_by(looked, today)
        actions = self.env["billing.dunning.action"].search(
            [
                ("company_id", "=", company.id),
                ("partner_id", "in", [debt.partner.id for debt, _decision in looked]),
                ("state", "in", ["to_approve", "queued", "failed"]),
            ]
        )
        self._settle(actions, looked, today, by_hand=True)

    @api.model
    def _decide_again(self, actions, *, by_hand=False):
        """Read the books again, and let planned actions follow what they say now.

        The cases are locked until the transaction ends: nobody else decides meanwhile.

        :param actions: planned, of one company, which is the current one.
        :param bool by_hand: a rest day or the cap of the week leaves them waiting,
            instead of skipping them.
        :return: those that are due as they are.
        """
        company = self.env.company
        today = company._billing_today()
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                "SELECT id FROM billing_dunning_case WHERE id = ANY(%s)"
                " ORDER BY id FOR NO KEY UPDATE",
                actions.case_id.ids,
            )
        )
        actions.invalidate_recordset()
        service, partners = self._as_service(actions.partner_id)
        looked = service._look(company, partners, today)
        service._write(company, looked, today)
        service._pass_by(looked, today)
        return service._settle(
            actions.with_env(service.env), looked, today, by_hand=by_hand
        )

    @api.model
    def _pass_by(self, looked, today):
        """Put levels behind items that they are not applicable to."""
        rows = []
        for debt, decision in looked:
            ladders = {item.key: item.ladder for item in debt.facts.items}
            passed = {}
            for step in decision.steps if decision else ():
                if step.kind == "not_applicable":
                    ladders[step.item] = advance(ladders[step.item], step, today)
                    passed[step.item] = ladders[step.item].position
            rows += [(*key, position) for key, position in passed.items()]
        if not rows:
            return
        move_ids, days, currencies, positions = zip(*rows, strict=True)
        self.env.cr.execute(
            SQL(
                """
                UPDATE billing_dunning_item item SET position = passed.position
                  FROM UNNEST(%s::integer[], %s::date[], %s::integer[], %s::integer[])
                       AS passed (move_id, due, currency_id, position)
                 WHERE item.move_id = passed.move_id AND item.date_maturity = passed.due
                   AND item.currency_id = passed.currency_id
                """,
                list(move_ids),
                list(days),
                list(currencies),
                list(positions),
            )
        )
        self.env["billing.dunning.item"].invalidate_model(["position"])

    # === What is planned, and what is due now === #

    @api.model
    def _settle(self, actions, looked, today, *, by_hand):
        """Let planned actions follow what is due now.

        :return: those that are due as they are: nothing of them had to be changed.
        """
        found = {debt.partner.id: (debt, decision) for debt, decision in looked}
        due, over = actions.browse(), actions.browse()
        for action in actions:
            debt, decision = found[action.partner_id.id]
            if not decision or not decision.contact:
                passing = decision and decision.reason.code in _PASSING
                if not (by_hand and passing):
                    over |= action
                continue
            vals = self._prepare_contact(debt, decision, today)
            if not self._is_same(action, vals):
                self._change(action, vals)
                continue
            if action.items != vals["items"]:
                # Where it leads to, from today on.
                action_writer(action).write({"items": vals["items"]})
            due |= action
        self._skip(over, found)
        return due

    @api.model
    def _is_same(self, action, vals):
        """Whether an action says what is due: the step, the items, the amounts."""

        def told(items):
            names = ("move", "due", "currency", "amount", "kind")
            return sorted([str(item[name]) for name in names] for item in items or ())

        return action.level_id.id == vals["level_id"] and told(action.items) == told(
            vals["items"]
        )

    @api.model
    def _change(self, action, vals):
        """Let an action name what is due now; who approved it is asked again."""
        action._drop_mails()
        vals = {**vals, "subject": False, "body": False}
        by_person = action.user_id or vals["channel"] != "email"
        if action.state == "queued" and by_person:
            action._apply("changed", user_id=False, next_try_at=False, **vals)
        else:
            action_writer(action).write(vals)

    @api.model
    def _prepare_contact(self, debt, decision, today):
        """What a contact is about, as an action keeps it."""
        contact = decision.contact
        level = self.env["billing.dunning.level"].browse(contact.level)
        items = {item.key: item for item in debt.facts.items}
        left = {verdict.item: verdict.share.left for verdict in decision.items}
        listed = self._prepare_items(debt, decision, left, today)
        return {
            "level_id": level.id,
            "channel": level.channel,
            "items": listed,
            "amount": float(
                sum(
                    (items[key].in_company(left[key]) for key in contact.items),
                    Decimal(0),
                )
            ),
            "oldest_due": min(items[key].due for key in contact.items),
        }

    @api.model
    def _prepare_items(self, debt, decision, left, today):
        """Each item of a contact, with its place on the ladder before and after."""
        ladders = {item.key: item.ladder for item in debt.facts.items}
        listed = []
        for step in decision.steps:
            before = ladders[step.item]
            ladders[step.item] = advance(before, step, today)
            if step.kind == "not_applicable":
                continue
            move_id, due, currency_id = step.item
            listed.append(
                {
                    "move": move_id,
                    "due": due.isoformat(),
                    "currency": currency_id,
                    "amount": f"{left[step.item]:f}",
                    "kind": step.kind,
                    "before": _as_place(before),
                    "after": _as_place(ladders[step.item]),
                }
            )
        return listed

    # === Not due any more === #

    @api.model
    def _skip(self, actions, found):
        """Write actions off, each with the reason that a person reads.

        :param found: ``{partner id: (Debt, Decision or None)}``.
        """
        if not actions:
            return
        payments = self._read_payments_since(actions, found)
        actions._drop_mails()
        actions._close_activities()
        for action in actions:
            _debt, decision = found[action.partner_id.id]
            code, facts = "no_policy", {}
            if action in payments:
                code, facts = "paid", payments[action]
            elif decision:
                code, facts = decision.reason.code, decision.reason.facts
            action._apply(
                "dropped",
                next_try_at=False,
                reason_code=code,
                reason_facts={name: as_json(value) for name, value in facts.items()},
            )

    @api.model
    def _read_payments_since(self, actions, found):
        """What was paid since actions were planned, of what they name.

        :return: ``{action: {"amount", "currency", "at"}}``, where anything was.
        """
        paid = {
            action: [
                item
                for item in action.items or ()
                if self._is_paid(item, found[action.partner_id.id][0])
            ]
            for action in actions
        }
        rows = [
            (action.id, item["move"], item["currency"], action.create_date)
            for action, items in paid.items()
            for item in items
        ]
        if not rows:
            return {}
        told = self.env.execute_query(self._prepare_payments_query(rows))
        return {
            actions.browse(action_id): {
                "amount": amount,
                "currency": currency,
                "at": at,
            }
            for action_id, amount, currency, at in told
        }

    @api.model
    def _prepare_payments_query(self, rows):
        """What was paid of invoices since moments.

        :param rows: (action id, invoice id, currency id, moment).
        """
        ids, move_ids, currencies, moments = zip(*rows, strict=True)
        return SQL(
            """
            SELECT named.action_id, SUM(partial.debit_amount_currency),
                   named.currency_id, MAX(partial.create_date)
              FROM (SELECT DISTINCT * FROM UNNEST(
                       %s::integer[], %s::integer[], %s::integer[], %s::timestamp[]
                   ) AS named (action_id, move_id, currency_id, since)) AS named
              JOIN account_move_line debit
                ON debit.move_id = named.move_id
               AND debit.currency_id = named.currency_id
              JOIN account_partial_reconcile partial
                ON partial.debit_move_id = debit.id
               AND partial.create_date >= named.since
              JOIN account_move_line credit ON credit.id = partial.credit_move_id
              JOIN account_move document ON document.id = credit.move_id
             WHERE document.move_type <> 'out_refund'
          GROUP BY named.action_id, named.currency_id
          ORDER BY named.currency_id
            """,
            list(ids),
            list(move_ids),
            list(currencies),
            list(moments),
        )

    @api.model
    def _is_paid(self, item, debt):
        """Whether less is open of an item than a reminder says."""
        key = item["move"], date.fromisoformat(item["due"]), item["currency"]
        still = {owed.key: owed.amount for owed in debt.facts.items}
        return still.get(key, Decimal(0)) < Decimal(item["amount"])


def _as_place(ladder):
    return {
        "position": ladder.position,
        "last_step": as_json(ladder.last_step),
        "listed": ladder.listed,
    }
