"""What a failure is called: its stable code, a sentence, and the record to mend."""

import psycopg2
from psycopg2 import errorcodes

from odoo import models
from odoo.exceptions import UserError
from odoo.tools.misc import format_date

from ....engine.errors import BillingError, CatchUpLimitExceeded
from ..run.billing_invoicing import Parked

_OWN = "recurring_billing"
_CORE = "Odoo S.A."


class ParkedFor(Parked):
    """Sets one item aside for a record on which a person can mend it.

    :param culprit: a record of one of the models in ``CULPRITS``.
    """

    def __init__(self, code, message, culprit):
        super().__init__(code, message)
        self.culprit = culprit


class BillingInvoicing(models.AbstractModel):
    _inherit = "billing.invoicing"

    def _explain(self, order, error):
        """The stable code of a failure and the sentence for people."""
        if isinstance(error, Parked):
            return error.code, str(error)
        if isinstance(error, CatchUpLimitExceeded):
            return error.code, self.env._(
                "%(order)s: %(due)s periods are unbilled since %(first)s, a run bills "
                "%(limit)s. Launch a run for an earlier date first, or raise the limit "
                "on the plan.",
                order=order.name,
                due=error.details["due"],
                first=format_date(self.env, error.details["first"]),
                limit=error.details["limit"],
            )
        if isinstance(error, BillingError):
            return "invalid_terms", self.env._(
                "%(order)s: its terms cannot be computed (%(fact)s). Check its dates "
                "and its plan.",
                order=order.name,
                fact=error,
            )
        if isinstance(error, psycopg2.IntegrityError):
            return self._explain_database(order, error)
        if isinstance(error, UserError):
            return "refused", f"{order.name}: {error}"
        return "unexpected", self._get_unexpected_text(order, error)

    def _explain_database(self, order, error):
        """A constraint of the database said no: ours on the ledger, or another's."""
        found = error.diag
        if error.pgcode == errorcodes.EXCLUSION_VIOLATION and (
            found.table_name == self.env["billing.entry"]._table
        ):
            return "already_billed", self.env._(
                "%(order)s: these days were billed meanwhile. The next run looks "
                "again.",
                order=order.name,
            )
        # A forbidden empty column has no constraint to name.
        rule = found.constraint_name or found.column_name or error.pgcode
        values = {
            "order": order.name,
            "rule": rule,
            "table": self._get_table_name(found.table_name),
        }
        # Which module made a rule is no secret; reading it takes an administrator.
        known = self.env["ir.model.constraint"].sudo()
        module = known.search([("name", "=", rule)], limit=1).module
        if not module:
            return "database_refused", self.env._(
                "%(order)s: the database refuses its invoice, by the rule %(rule)s of "
                "%(table)s. Show the details to who maintains that rule, then retry.",
                **values,
            )
        return "database_refused", self.env._(
            "%(order)s: the database refuses its invoice, by the rule %(rule)s of "
            "%(table)s, of the module %(module)s. Show the details to who maintains "
            "it, then retry.",
            module=module.shortdesc,
            **values,
        )

    def _get_table_name(self, table):
        """What people call the records of a table; the table when it has no model."""
        for name, model in self.env.registry.items():
            if model._table == table and not model._abstract:
                return self.env["ir.model"]._get(name).name
        return table

    def _get_unexpected_text(self, order, error):
        values = {"order": order.name, "kind": type(error).__name__}
        module = self._get_failing_module(error)
        if not module:
            return self.env._(
                "%(order)s: %(kind)s while invoicing. A manager finds the details on "
                "this item.",
                **values,
            )
        return self.env._(
            "%(order)s: %(kind)s while invoicing, in the module %(module)s. A manager "
            "finds the details on this item.",
            module=module.shortdesc,
            **values,
        )

    def _get_failing_module(self, error):
        """The add-on of somebody else whose code was the last one at work, if any.

        Core's own frames are passed over: most of them only hand on what another
        module gave them.

        :rtype: ``ir.module.module``
        """
        names, frame = [], error.__traceback__
        while frame:
            path = frame.tb_frame.f_globals.get("__name__", "").split(".")
            if path[:2] == ["odoo", "addons"]:
                names.append(path[2])
            frame = frame.tb_next
        # Who wrote a module is no secret; reading it takes an administrator.
        known = self.env["ir.module.module"].sudo()
        foreign = {
            module.name: module
            for module in known.search([("name", "in", names)])
            if module.author != _CORE and module.name != _OWN
        }
        return next(
            (foreign[name] for name in reversed(names) if name in foreign), known
        )

    # === Where it is mended === #

    def _find_culprit(self, order, code, error):
        """The record on which a person mends the failure.

        :return: a record of one of the models in ``CULPRITS``, or None: the
            subscription itself.
        """
        if isinstance(error, ParkedFor):
            return error.culprit
        if code == "catch_up_limit":
            return order.billing_plan_id
        return None
