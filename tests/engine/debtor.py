"""A debtor lived day by day: what happens at random, what is decided and written."""

from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from dunning_facts import STANDARD, WEEKEND, day, hold, item, part, policy
from hypothesis import strategies as st

from engine.dunning import CaseFacts, Level, advance, decide
from engine.open_items import Credit
from engine.rest_days import ContactCalendar

LENGTH = 90
RATES = {"EUR": Decimal(1), "USD": Decimal("0.9")}

LADDERS = [
    STANDARD,
    STANDARD[1:],
    (Level("early", -10, 0), Level("near", -3, 9), *STANDARD[1:]),
    tuple(
        replace(level, rest=0, amount_from=Decimal(150 * (number % 2)))
        for number, level in enumerate(STANDARD)
    ),
    tuple(
        replace(level, invoices_from=2 * (number % 3 == 1))
        for number, level in enumerate(STANDARD)
    ),
    tuple(
        replace(level, amount_from=Decimal(250 * level.formal), rest=level.rest // 4)
        for level in STANDARD[:5]
    ),
    (
        Level("soft", 0, 2, payer_classes=frozenset({"prompt"})),
        Level("hard", 4, 3),
        Level("notice", 8, 4, formal=True),
        Level("call", 12, 1),
        Level("file", 15, 2, formal=True),
    ),
]
CALENDARS = [
    ContactCalendar(),
    WEEKEND,
    ContactCalendar(frozenset({7}), frozenset(day(n) for n in range(20, 32))),
]
POLICIES = st.builds(
    policy,
    st.sampled_from(LADDERS),
    grace=st.integers(0, 6),
    smallest=st.sampled_from([0, 0, 60, 150]),
    calendar=st.sampled_from(CALENDARS),
    contacts_a_week=st.integers(1, 3),
    first_shift=st.integers(0, 5),
)
ITEMS = st.builds(
    lambda due, amount, currency: (due, amount, currency),
    st.integers(-30, 60),
    st.integers(1, 300),
    st.sampled_from(["EUR", "EUR", "USD"]),
)


class Debtor:
    """Facts that change, and all that was decided from them."""

    def __init__(self, rules, items, *, events=(), first_shift=0):
        self.policy = rules
        self.original = [amount for _due, amount, _currency in items]
        self.facts = CaseFacts(
            tuple(
                item(
                    number,
                    due,
                    amount,
                    currency=currency,
                    company=amount * RATES[currency],
                )
                for number, (due, amount, currency) in enumerate(items)
            ),
            payer_class="prompt",
            first_shift=first_shift,
            sending_on=True,
        )
        self.events = defaultdict(list)
        for number, *event in events:
            self.events[day(number)].append(event)
        self.decisions = {}
        self.seen = {}

    def live(self, last=LENGTH):
        """From the first day to the last, each with its events and its run."""
        for number in range(last + 1):
            self.happen(day(number))
            self.run(day(number))
        return self

    def happen(self, on):
        """What the day brings before its run."""
        for kind, index, number in self.events[on]:
            getattr(self, kind)(index % len(self.facts.items), number, on)

    def run(self, on):
        """Decide, and write what follows."""
        decision = decide(self.facts, self.policy, on)
        self.decisions[on], self.seen[on] = decision, self.facts
        self.write(decision, on)
        return decision

    def write(self, decision, on):
        ladders = {one.key: one.ladder for one in self.facts.items}
        for step in decision.steps:
            ladders[step.item] = advance(ladders[step.item], step, on)
        self.facts = replace(
            self.facts,
            items=tuple(replace(x, ladder=ladders[x.key]) for x in self.facts.items),
            contacts=self.facts.contacts + ((on,) if decision.contact else ()),
        )

    @property
    def contacts(self):
        return {on: d.contact for on, d in self.decisions.items() if d.contact}

    def steps_of(self, key):
        """The levels put behind an item, in order."""
        return [
            step
            for decision in self.decisions.values()
            for step in decision.steps
            if step.item == key and step.kind != "listed"
        ]

    # === What happens === #

    def _change(self, index, **values):
        items = list(self.facts.items)
        items[index] = replace(items[index], **values)
        self.facts = replace(self.facts, items=tuple(items))

    def _owe(self, index, amount):
        rate = RATES[self.facts.items[index].currency]
        amount = max(Decimal(0), Decimal(amount))
        self._change(index, amount=amount, company_amount=amount * rate)

    def _add(self, index, kind, number, until=None):
        known = self.facts.items[index].parts
        self._change(index, parts=(*known, part(kind, number, until)))

    def on_pay(self, index, number, on):
        self._owe(index, 0)

    def on_pay_part(self, index, number, on):
        self._owe(index, self.facts.items[index].amount - number)

    def on_return(self, index, number, on):
        self._owe(index, self.original[index])

    def on_credit(self, index, number, on):
        currency = self.facts.items[index].currency
        note = Credit((on, index), Decimal(number), currency)
        self.facts = replace(self.facts, credits=(*self.facts.credits, note))

    def on_allocate(self, index, number, on):
        self.facts = replace(self.facts, credits=())

    def promise(self, index, amount, *, until):
        """A promise of a certain day."""
        self._add(index, "promised", amount, until)

    def on_dispute(self, index, number, on):
        self._add(index, "disputed", number)

    def on_release(self, index, number, on):
        self._change(index, parts=())

    def on_promise(self, index, number, on):
        self.promise(index, number, until=(on - day(0)).days + number % 15)

    def on_plan(self, index, number, on):
        self._add(index, "planned", number, (on - day(0)).days + number % 30)

    def on_on_way(self, index, number, on):
        self._add(index, "on_way", number)

    def on_hold(self, index, number, on):
        until = (on - day(0)).days + number % 20
        self._change(index, hold=hold(until=until))

    def on_answer(self, index, number, on):
        self.facts = replace(self.facts, hold=hold("answer"))

    def on_read(self, index, number, on):
        self.facts = replace(self.facts, hold=None)

    def on_case_hold(self, index, number, on):
        until = (on - day(0)).days + number % 10
        self.facts = replace(self.facts, hold=hold(until=until))

    def on_off(self, index, number, on):
        self.facts = replace(self.facts, sending_on=False)

    def on_on(self, index, number, on):
        self.facts = replace(self.facts, sending_on=True)


#: Names of what may happen, as the debtor's methods have them.
HAPPENINGS = sorted(name for name in vars(Debtor) if name.startswith("on_"))
EVENTS = st.lists(
    st.tuples(
        st.integers(0, LENGTH),
        st.sampled_from(HAPPENINGS),
        st.integers(0, 5),
        st.integers(1, 200),
    ),
    max_size=12,
)


@st.composite
def debtors(draw, length=LENGTH):
    """A debtor after so many days."""
    debtor = Debtor(
        draw(POLICIES),
        draw(st.lists(ITEMS, min_size=1, max_size=5)),
        events=draw(EVENTS),
        first_shift=draw(st.integers(-3, 9)),
    )
    return debtor.live(length)


def week_of(on):
    """The seven days up to and including one."""
    return [on - timedelta(days=number) for number in range(7)]
