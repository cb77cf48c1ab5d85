"""From what is due to posted invoices: the verb of the product.

read -> ask the engine -> write. The unit of work is the group: subscriptions that
share invoices. A sick member is found, set aside alone, and the others go on.
"""

import logging
from dataclasses import dataclass, field

import psycopg2
from psycopg2 import errors

from odoo import models
from odoo.exceptions import UserError

from ....engine.charging import Charge, due_charges

_logger = logging.getLogger(__name__)

#: Another transaction was faster: the work is done again, nobody is set aside.
RETRIABLE = (
    errors.SerializationFailure,
    errors.DeadlockDetected,
    errors.LockNotAvailable,
)


#: A lost race, or a database that cannot go on: connection lost, disk full.
NO_ITEMS_FAULT = (psycopg2.OperationalError, psycopg2.InterfaceError)


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
    :param terms: their promise, by id.
    :param billed: their ledger, by id.
    :param charges: what the engine found due.
    :param extra_lines: native lines to bill with the first document.
    :param untaxed: filled with the untaxed amount of its documents.
    """

    item: object
    lines: dict = field(default_factory=dict)
    terms: dict = field(default_factory=dict)
    billed: dict = field(default_factory=dict)
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
        groups, terms = {}, {}
        for bill in self._drop_moved(self._plan_bills(items, as_of)):
            groups.setdefault(bill.item.group_key, []).append(bill)
            terms.update(bill.terms)
        sick = {item.group_key for item in items if item.state == "parked"}
        for key in sick.intersection(groups):
            groups[key] = self._hold_healthy(groups[key])
        groups = [group for group in groups.values() if group]
        if groups and not self._attempt(groups, as_of):
            for group in groups:
                if len(groups) == 1 or not self._attempt([group], as_of):
                    self._bill_one_by_one(group, as_of)
        self._refresh_orders(items.order_id, terms)

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
        lines_of = lines.grouped("order_id")
        read_terms = lines._get_billing_terms_reader()
        billed = self._get_billed_entries(lines, settled=False)
        bills, idle = [], items.browse()
        for item in items:
            bill = Bill(item)
            try:
                for line in lines_of.get(item.order_id, ()):
                    bill.lines[line.id] = line
                    terms = bill.terms[line.id] = read_terms(line)
                    ledger = bill.billed[line.id] = billed.get(line.id, ())
                    bill.charges += due_charges(
                        terms, ledger, as_of, since=line.billing_settled_until or None
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

    # === Billing groups, and finding the sick member === #

    def _attempt(self, groups, as_of):
        """Bill whole groups under one savepoint.

        :return: False when something failed and nothing of it is left.
        """
        try:
            with self.env.cr.savepoint():
                self._make_documents(groups, as_of)
        except NO_ITEMS_FAULT:
            raise
        except errors.ExclusionViolation:
            if all(bill.item.attempts == 1 for group in groups for bill in group):
                # Somebody else billed these days: planned anew in a new snapshot.
                raise
            return False
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
            except NO_ITEMS_FAULT:
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
        except NO_ITEMS_FAULT:
            raise
        except Exception as error:  # noqa: BLE001 - it is set aside with its reason
            self._park(bill.item, error)
            return False
