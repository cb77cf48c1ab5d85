"""What the engine refuses, and why.

Each error carries a stable ``code`` and the facts as ``details``; the layer above
turns them into a translated sentence naming the record, the fact and the remedy.
"""


class BillingError(ValueError):
    """Base of all refusals of the engine.

    :param str message: the fact, in English, for logs and developers.
    :param details: the values the refusal is about, for the translated sentence.
    """

    code = "billing_error"

    def __init__(self, message: str, **details: object) -> None:
        super().__init__(message)
        self.details = details


class InvalidPeriod(BillingError):
    """A span that ends on or before its first day."""

    code = "invalid_period"


class InvalidRule(BillingError):
    """A recurrence rule that describes no grid (unit, interval, billing day)."""

    code = "invalid_rule"


class InvalidTerms(BillingError):
    """Terms of a line that promise nothing definite (no version on its first day…)."""

    code = "invalid_terms"


class InvalidAmount(BillingError):
    """An amount or a rounding step that no currency has."""

    code = "invalid_amount"


class CatchUpLimitExceeded(BillingError):
    """More unbilled periods are due than one run may bill for a line.

    ``details``: ``due`` (periods), ``limit`` (periods), ``first`` (first unbilled day).
    """

    code = "catch_up_limit"


class InvalidFacts(BillingError):
    """Stored facts from which no amount can be computed."""

    code = "invalid_facts"


class InvalidDelivery(BillingError):
    """An event that cannot happen to a delivery, or a window that never opens.

    ``details``: ``state`` and ``event``, or the limits of the window.
    """

    code = "invalid_delivery"


class InvalidDunning(BillingError):
    """An open item, a policy, a calendar or a step that makes no sense.

    ``details``: the values that contradict each other, by name.
    """

    code = "invalid_dunning"


class InvalidPromise(BillingError):
    """A promise or a payment plan over more than is open, or over nothing.

    ``details``: ``amount`` and ``open`` for too much; else the values at fault.
    """

    code = "invalid_promise"


class InvalidClaim(BillingError):
    """Charges for late payment that say nothing definite (kind of buyer, rates, basis).

    ``details``: what was given instead.
    """

    code = "invalid_claim"


class RateMissing(BillingError):
    """Interest is asked for a day whose rate nobody knows.

    ``details``: ``day``, the first of them.
    """

    code = "rate_missing"


class InvalidHistory(BillingError):
    """A question that no history of payments answers (quantile, length of the look)."""

    code = "invalid_history"


class InvalidBands(BillingError):
    """Limits of age that do not rise from one day on.

    ``details``: ``limits``.
    """

    code = "invalid_bands"
