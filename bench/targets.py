"""What the figures are held to. Later issues add theirs here and in `figures`.

Ratios of CPU and counts of statements are the same on any machine; seconds are not, so
no target is in seconds of wall time. Where waiting is the matter, two lanes at once and
wkhtmltopdf's delays, ratios of wall time are.
"""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Target:
    """One figure and its limit.

    :param name: the key of the figure.
    :param wanted: the limit itself still holds.
    :param at_least: False when less is better.
    """

    name: str
    wanted: float
    at_least: bool = True

    def is_met(self, value):
        """Whether a measured value holds; what was not measured does not."""
        if value is None:
            return False
        return value >= self.wanted if self.at_least else value <= self.wanted

    def tell(self, value):
        """The line that says so."""
        shown = "not measured" if value is None else f"{value:.2f}"
        sign = ">=" if self.at_least else "<="
        verdict = "ok" if self.is_met(value) else "MISS"
        return f"target {self.name}: {shown} (wanted {sign} {self.wanted:g}) {verdict}"


def at_most(name, wanted):
    """A target where less is better."""
    return Target(name, wanted, at_least=False)


TARGETS = (
    # Invoices per second of CPU, ours against the others.
    Target("cpu against core create and post", 2.0),
    Target("cpu against contract and auto_validate", 2.4),
    at_most("queries per invoice", 8.0),
    # Neither the years nor the customers make an invoice dearer.
    at_most("cpu per invoice, 37th period against the first", 1.15),
    at_most("cpu per invoice, 5000 against 1000", 1.15),
    at_most("queries per invoice, 37th period less the first", 0.05),
    at_most("queries per invoice, 5000 less 1000", 0.05),
    at_most("peak memory above idle, MB", 60.0),
    Target("two lanes against one, by wall", 1.5),
    Target("rehearsed subscriptions per second of CPU", 800.0),
    at_most("invoices written by the rehearsal", 0.0),
    # Documents made and sent: core waits, a second for each file of each call.
    Target("documents sent, by wall, against core one by one", 4.0),
    Target("documents sent, by wall, against core's scheduled action", 2.0),
    Target("posting while documents wait, by CPU, against none", 0.95),
    Target("due_charges, lines per second of CPU", 10000.0),
)
