"""From what is due to posted invoices: the verb of the product.

read -> ask the engine -> write. The unit of work is the group: subscriptions that
share invoices. A sick member is found, set aside alone, and the others go on.
"""

import logging
import traceback
from dataclasses import dataclass, field

import psycopg2
from psycopg2 import errorcodes, errors
from psycopg2.extras import execute_values

from odoo import models
from odoo.exceptions import UserError
from odoo.tools.misc import format_date

from ...engine.charging import Charge, due_charges
from ...engine.errors import BillingError, CatchUpLimitExceeded

_logger = logging.getLogger(__name__)

#: Another transaction was faster: the work is done again, nobody is set aside.
RETRIABLE = (
    errors.SerializationFailure,
    errors.DeadlockDetected,
    errors.LockNotAvailable,
)


class Parked(UserError):
    """Sets one item aside.

    :param str code: one of ``PARK_CODES``.
    :param str message: record, fact, remedy.
    """

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


class _Trial(Exception):
    """Rolls a trial back that went well."""


@dataclass
class Bill:
    """What one item of a run has to bill.

    :param item: the ``billing.run.item``.
    :param lines: running lines by id.
    :param charges: what the engine found due.
    :param extra_lines: native lines to bill with the first document.
    :param untaxed: filled with the untaxed amount of its documents.
    """

    item: object
    lines: dict = field(default_factory=dict)
    charges: list[Charge] = field(default_factory=list)
    extra_lines: object = None
    untaxed: float = 0.0

    @property
    def order(self):
        return self.item.order_id


class BillingInvoicing(models.AbstractModel):
    """The invoicing service: the only writer of the ledger."""

    _name = "billing.invoicing"
    _description = "Invoicing Service"

    def _bill_items(self, items):
        """Bill locked items of one run; each ends as done, parked or skipped.

        :param items: pending ``billing.run.item`` records, whole groups only.
        :raises: the retriable database errors; everything else parks an item.
        """
        for company, members in items.grouped("company_id").items():
            # Core, too, must post and book by the company's date, not the scheduler's.
            service = self.with_company(company).with_context(
                allowed_company_ids=company.ids,
                tz=company._billing_timezone(),
                # The scheduler speaks no language; its reasons are read by people.
                lang=self.env.lang or company.partner_id.lang or "en_US",
            )
            service._bill_company(members.with_env(service.env))

    def _bill_company(self, items):
        as_of = self._get_as_of(items)
        groups = {}
        for bill in self._plan_bills(items, as_of):
            groups.setdefault(bill.item.group_key, []).append(bill)
        sick = {item.group_key for item in items if item.state == "parked"}
        for key in sick.intersection(groups):
            groups[key] = self._hold_healthy(groups[key])
        groups = [group for group in groups.values() if group]
        if groups and not self._attempt(groups, as_of):
            for group in groups:
                if len(groups) == 1 or not self._attempt([group], as_of):
                    self._bill_one_by_one(group, as_of)
        self._refresh_orders(items.order_id)

    def _get_as_of(self, items):
        """The day the run bills up to, in the company's own calendar."""
        run = items.run_id[:1]
        if run.origin == "daily":
            return self.env.company._billing_today()
        return run.run_date

    # === Planning === #

    def _plan_bills(self, items, as_of):
        """What is due for each item; parks those that cannot be computed.

        :rtype: list[Bill]
        """
        # An order may have been cancelled since the run was planned.
        orders = items.order_id.filtered("is_billing_subscription")
        lines = orders.order_line.filtered("billing_anchor_date")
        read_terms = lines._get_billing_terms_reader()
        billed = self._get_billed_entries(lines)
        bills, idle = [], items.browse()
        for item in items:
            bill = Bill(item)
            try:
                for line in item.order_id.order_line & lines:
                    bill.lines[line.id] = line
                    bill.charges += due_charges(
                        read_terms(line), billed.get(line.id, ()), as_of
                    )
                if bill.charges:
                    bill.extra_lines = self._get_extra_lines(item.order_id)
                    self._check_bill(bill, as_of)
            except psycopg2.Error:
                # The transaction is lost, not the item alone.
                raise
            except Exception as error:  # noqa: BLE001 - it is set aside with its reason
                self._park(item, error)
                continue
            if bill.charges:
                bills.append(bill)
            else:
                idle |= item
        self._skip_items(idle)
        return bills

    def _get_extra_lines(self, order):
        """Native lines that core would invoice now, and that the plan lets in."""
        lines = order._get_invoiceable_lines()
        if not order.billing_plan_id.bill_delivered:
            lines = lines.filtered(
                lambda line: (
                    line.display_type or line.product_id.invoice_policy == "order"
                )
            )
        if all(line.display_type for line in lines):
            return lines.browse()
        return lines

    def _check_bill(self, bill, as_of):
        """Refuse what core would invoice wrongly or refuse less clearly.

        :raises Parked: record, fact, remedy.
        """
        order, partner = bill.order, bill.order.partner_invoice_id
        if not partner.active:
            raise Parked(
                "partner_archived",
                self.env._(
                    "%(partner)s is archived. Restore the customer, or close "
                    "%(order)s.",
                    partner=partner.display_name,
                    order=order.name,
                ),
            )
        missing = self._get_missing_address_parts(partner)
        if missing:
            raise Parked(
                "no_address",
                self.env._(
                    "%(partner)s: %(missing)s missing. Complete the customer's "
                    "address.",
                    partner=partner.display_name,
                    missing=", ".join(missing),
                ),
            )
        self._check_currency(order, as_of)
        for line in bill.lines.values():
            if not line.product_id.active:
                raise Parked(
                    "product_archived",
                    self.env._(
                        "%(product)s is archived. Restore the product, or end its "
                        "line on %(order)s.",
                        product=line.product_id.display_name,
                        order=order.name,
                    ),
                )

    def _get_missing_address_parts(self, partner):
        """Which parts of the address an invoice needs are missing (C. com. L441-9)."""
        missing = []
        if not partner.street and not partner.city:
            missing.append(self.env._("street and city"))
        if not partner.country_id:
            missing.append(self.env._("country"))
        elif partner.country_id.zip_required and not partner.zip:
            missing.append(self.env._("postal code"))
        return missing

    def _check_currency(self, order, as_of):
        currency, company = order.currency_id, order.company_id
        if currency == company.currency_id:
            return
        if not currency.active:
            raise Parked(
                "currency_inactive",
                self.env._(
                    "%(currency)s is not active. Activate the currency to invoice "
                    "%(order)s.",
                    currency=currency.name,
                    order=order.name,
                ),
            )
        rates = currency.rate_ids.filtered(
            lambda rate: (
                rate.company_id in (company.root_id, rate.company_id.browse())
                and rate.name <= self._get_document_date(as_of)
            )
        )
        if not rates:
            raise Parked(
                "rate_missing",
                self.env._(
                    "There is no rate of %(currency)s on %(date)s. Enter the rate of "
                    "the day.",
                    currency=currency.name,
                    date=format_date(self.env, self._get_document_date(as_of)),
                ),
            )

    # === Billing groups, and finding the sick member === #

    def _attempt(self, groups, as_of):
        """Bill whole groups under one savepoint.

        :return: False when something failed and nothing of it is left.
        """
        try:
            with self.env.cr.savepoint():
                self._make_documents(groups, as_of)
        except RETRIABLE:
            raise
        except Exception as error:  # noqa: BLE001 - one item's, not the run's
            _logger.info("A batch of %s groups is billed apart: %s", len(groups), error)
            return False
        return True

    def _bill_one_by_one(self, group, as_of):
        """Find who is sick in a group; bill the healthy ones together."""
        healthy = [
            bill for bill in group if len(group) == 1 or self._is_healthy(bill, as_of)
        ]
        if len(healthy) < len(group):
            healthy = self._hold_healthy(healthy)
        if len(healthy) > 1 and self._attempt([healthy], as_of):
            return
        for bill in healthy:
            try:
                with self.env.cr.savepoint():
                    self._make_documents([[bill]], as_of)
            except RETRIABLE:
                raise
            except Exception as error:  # noqa: BLE001 - it is set aside with its reason
                self._park(bill.item, error)

    def _hold_healthy(self, bills):
        """The healthy members of a group that go on without its sick one: all, unless
        the customer wants one invoice or none.
        """
        going_on = []
        for bill in bills:
            customer = bill.order.partner_id.commercial_partner_id
            if customer.with_company(bill.order.company_id).billing_hold_group:
                self._park_as(
                    bill.item,
                    "group_held",
                    self.env._(
                        "%(order)s waits: another subscription on the same invoice of "
                        "%(customer)s is set aside. Mend that one, then retry.",
                        order=bill.order.name,
                        customer=customer.display_name,
                    ),
                )
            else:
                going_on.append(bill)
        return going_on

    def _is_healthy(self, bill, as_of):
        """Whether the member alone can be billed; parks it otherwise."""
        try:
            with self.env.cr.savepoint():
                self._make_documents([[bill]], as_of)
                raise _Trial
        except _Trial:
            return True
        except RETRIABLE:
            raise
        except Exception as error:  # noqa: BLE001 - it is set aside with its reason
            self._park(bill.item, error)
            return False

    # === What became of an item === #

    def _park(self, item, error):
        """Set an item aside: stable code, a sentence, one activity for its owner."""
        code, message = self._explain(item.order_id, error)
        trace = "".join(traceback.format_exception(error))
        self._park_as(item, code, message, trace if code == "unexpected" else False)

    def _park_as(self, item, code, message, trace=False):
        """Set an item aside for a known reason."""
        before = item._get_open_items(item.order_id).get(item.order_id.id)
        # Its own bookkeeping: users read the items, the service writes them.
        before = (before or item.browse()).sudo() - item
        before.is_open = False
        # The unique index must see the old one closed first.
        before.flush_recordset()
        # Its own bookkeeping, as above.
        item.sudo().write(
            {
                "state": "parked",
                "is_open": True,
                "code": code,
                "message": message,
                "trace": trace,
                "parked_since": before.parked_since or item.company_id._billing_today(),
                "attempts": max(item.attempts, before.attempts + 1),
                "user_id": (before.user_id or item.order_id.user_id).id,
            }
        )
        item.order_id._billing_schedule_parked_activity(message)
        _logger.info("Run %s: item %s parked (%s)", item.run_id.id, item.id, code)

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
        if (
            isinstance(error, psycopg2.Error)
            and error.pgcode == errorcodes.EXCLUSION_VIOLATION
        ):
            return "already_billed", self.env._(
                "%(order)s: these days were billed meanwhile. The next run looks "
                "again.",
                order=order.name,
            )
        if isinstance(error, UserError):
            return "refused", f"{order.name}: {error}"
        return "unexpected", self.env._(
            "%(order)s: %(kind)s while invoicing. A manager finds the details on this "
            "item.",
            order=order.name,
            kind=type(error).__name__,
        )

    def _skip_items(self, items):
        """Nothing was due after all: something else settled it meanwhile."""
        self._close_items(items._get_open_items(items.order_id))
        # Its own bookkeeping, as in _park_as.
        items.sudo().state = "skipped"

    def _finish_bills(self, bills):
        """Note on the items what was billed, and clear what they waited for."""
        items = self.env["billing.run.item"].browse(bill.item.id for bill in bills)
        self._close_items(items._get_open_items(items.order_id))
        items.flush_model(["state", "amount"])
        execute_values(
            self.env.cr._obj,
            """
            UPDATE billing_run_item item SET state = 'done', amount = billed.amount
              FROM (VALUES %s) AS billed(id, amount)
             WHERE item.id = billed.id
            """,
            [(bill.item.id, bill.untaxed) for bill in bills],
        )
        items.invalidate_recordset(["state", "amount"])

    def _close_items(self, open_items):
        """What was set aside is mended.

        :param dict open_items: open ``billing.run.item`` by order id.
        """
        for item in open_items.values():
            # Its own bookkeeping, as in _park_as.
            item.sudo().write({"is_open": False, "solved_at": self.env.cr.now()})
            item.order_id._billing_clear_parked_activity()
