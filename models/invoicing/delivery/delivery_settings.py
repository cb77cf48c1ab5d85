"""What plan and customer say about how a document is to be delivered."""

from dataclasses import dataclass

from .states import WEEKDAYS

#: Core's ways of sending, and the channel that each is. Any other is a platform's.
CORE_CHANNELS = {"email": "email", "manual": "post"}


@dataclass(frozen=True)
class Settings:
    """How documents of a customer, by a plan, are delivered.

    :param plan: a ``billing.plan``, or none.
    :param method: core's name of a platform's way of sending; None otherwise.
    :param window: arguments of the engine's ``next_opening``.
    """

    plan: object
    channel: str
    method: str | None
    recipients: object
    lang: str | None
    template: object
    together: bool
    window: dict


class SettingsReader:
    """Reads settings once for each customer, address and plan of a batch."""

    def __init__(self, env):
        self.env = env
        self._known = {}

    def get(self, move, plan):
        """The settings of a document; the customer's wish wins over the plan's.

        :param plan: a ``billing.plan``, or none.
        :rtype: Settings
        """
        key = (move.company_id, move.commercial_partner_id, move.partner_id, plan)
        if key not in self._known:
            self._known[key] = self._read(*key)
        return self._known[key]

    def _read(self, company, customer, addressee, plan):
        customer = customer.with_company(company)
        channel, method = self._get_channel(customer, plan)
        hours = (
            customer.billing_delivery_first_hour,
            customer.billing_delivery_last_hour,
        )
        if hours[0] == hours[1]:
            hours = (plan.delivery_first_hour, plan.delivery_last_hour)
        days = customer.billing_delivery_days or plan.delivery_days or "all"
        grouping = customer.billing_delivery_grouping or plan.delivery_grouping
        return Settings(
            plan=plan,
            channel=channel,
            method=method,
            recipients=self._get_recipients(customer, addressee),
            lang=customer.billing_delivery_lang or plan.delivery_lang or None,
            template=customer.billing_delivery_template_id or plan.delivery_template_id,
            together=grouping == "daily",
            window={
                "days": WEEKDAYS[days],
                "first_hour": hours[0],
                "last_hour": hours[1],
            },
        )

    def _get_channel(self, customer, plan):
        """Our own wish, then core's sending method, then the plan's channel."""
        method = customer.invoice_sending_method
        platform = method if method and method not in CORE_CHANNELS else None
        channel = customer.billing_delivery_channel or (
            CORE_CHANNELS.get(method, "platform") if method else None
        )
        channel = channel or plan.delivery_channel or "email"
        return channel, platform if channel == "platform" else None

    def _get_recipients(self, customer, addressee):
        """Who receives it: those the customer named, else who has an address."""
        named = customer.billing_recipient_ids.filtered("active")
        if named:
            return named
        for partner in (addressee, customer.billing_contact_id, customer):
            if partner.email:
                return partner
        return addressee
