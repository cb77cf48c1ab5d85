"""What the law asks for, situation by situation; made by hand from the articles."""

from datetime import date

from engine.mentions import Situation

ON = date(2026, 12, 1)

SELLER = "seller register seller_vat"
LATE = "late_penalty recovery early_payment"
NEW = "buyer_siren operation"


def case(seller="FR", kind="professional", zone="domestic", **facts):
    if "treatment" in facts:
        facts["treatments"] = frozenset(facts.pop("treatment").split())
    return Situation(seller=seller, kind=kind, zone=zone, **facts)


#: (what it is, situation, date, codes in the order of printing)
TABLE = [
    # French seller, customer in France.
    ("professional", case(), ON, f"{SELLER} {NEW} {LATE}"),
    ("public body", case(kind="public"), ON, f"{SELLER} {NEW} {LATE}"),
    ("consumer", case(kind="consumer"), ON, SELLER),
    ("before 2026-09-01", case(), date(2026, 8, 31), f"{SELLER} {LATE}"),
    ("on 2026-09-01", case(), date(2026, 9, 1), f"{SELLER} {NEW} {LATE}"),
    ("goods", case(operation="goods"), ON, f"{SELLER} {NEW} {LATE}"),
    ("mixed", case(operation="mixed"), ON, f"{SELLER} {NEW} {LATE}"),
    (
        "goods delivered elsewhere",
        case(operation="goods", delivered_elsewhere=True),
        ON,
        f"{SELLER} {NEW} delivery {LATE}",
    ),
    (
        "mixed, delivered elsewhere",
        case(operation="mixed", delivered_elsewhere=True),
        ON,
        f"{SELLER} {NEW} delivery {LATE}",
    ),
    (
        "services, another address",
        case(delivered_elsewhere=True),
        ON,
        f"{SELLER} {NEW} {LATE}",
    ),
    (
        "consumer, goods elsewhere",
        case(kind="consumer", operation="goods", delivered_elsewhere=True),
        ON,
        SELLER,
    ),
    ("on debits", case(regime="debits"), ON, f"{SELLER} {NEW} debits {LATE}"),
    (
        "on debits, goods only",
        case(regime="debits", operation="goods"),
        ON,
        f"{SELLER} {NEW} {LATE}",
    ),
    (
        "on debits, mixed",
        case(regime="debits", operation="mixed"),
        ON,
        f"{SELLER} {NEW} debits {LATE}",
    ),
    (
        "on debits, consumer",
        case(kind="consumer", regime="debits"),
        ON,
        f"{SELLER} debits",
    ),
    (
        "on debits, before 2026-09-01",
        case(regime="debits"),
        date(2026, 8, 31),
        f"{SELLER} {LATE}",
    ),
    (
        "on debits, reverse charge",
        case(regime="debits", zone="union", treatment="AE"),
        ON,
        f"{SELLER} buyer_vat operation reverse_charge {LATE}",
    ),
    (
        "small business",
        case(regime="small_business", treatment="F"),
        ON,
        f"{SELLER} {NEW} small_business {LATE}",
    ),
    (
        "small business, consumer",
        case(kind="consumer", regime="small_business", treatment="F"),
        ON,
        f"{SELLER} small_business",
    ),
    (
        "sole trader",
        case(has_capital=False),
        ON,
        f"seller register siren seller_vat {NEW} {LATE}",
    ),
    (
        "sole trader, small business",
        case(has_capital=False, regime="small_business", treatment="F"),
        ON,
        f"seller register siren seller_vat {NEW} small_business {LATE}",
    ),
    (
        "sole trader, consumer",
        case(kind="consumer", has_capital=False),
        ON,
        "seller register siren seller_vat",
    ),
    (
        "exempt",
        case(regime="exempt", treatment="E"),
        ON,
        f"{SELLER} {NEW} exemption {LATE}",
    ),
    (
        "exempt, consumer",
        case(kind="consumer", regime="exempt", treatment="E"),
        ON,
        f"{SELLER} exemption",
    ),
    (
        "taxed and exempt lines",
        case(treatment="S E"),
        ON,
        f"{SELLER} {NEW} exemption {LATE}",
    ),
    (
        "domestic reverse charge",
        case(treatment="AE"),
        ON,
        f"{SELLER} {NEW} reverse_charge {LATE}",
    ),
    ("VAT group", case(in_vat_group=True), ON, f"{SELLER} {NEW} {LATE} vat_group"),
    (
        "VAT group, consumer",
        case(kind="consumer", in_vat_group=True),
        ON,
        f"{SELLER} vat_group",
    ),
    (
        "VAT group before 2023",
        case(in_vat_group=True),
        date(2022, 12, 31),
        f"{SELLER} {LATE}",
    ),
    ("flat discount", case(discount="flat"), ON, f"{SELLER} {NEW} {LATE}"),
    ("discount within days", case(discount="term"), ON, f"{SELLER} {NEW} {LATE}"),
    (
        "consumer with a discount",
        case(kind="consumer", discount="term"),
        ON,
        SELLER,
    ),
    (
        "credit note",
        case(document="credit_note"),
        ON,
        f"{SELLER} {NEW} credit_note",
    ),
    (
        "credit note, public body",
        case(kind="public", document="credit_note"),
        ON,
        f"{SELLER} {NEW} credit_note",
    ),
    (
        "credit note, consumer",
        case(kind="consumer", document="credit_note"),
        ON,
        f"{SELLER} credit_note",
    ),
    (
        "credit note, small business",
        case(document="credit_note", regime="small_business", treatment="F"),
        ON,
        f"{SELLER} {NEW} small_business credit_note",
    ),
    (
        "professional before 2013: no indemnity",
        case(),
        date(2012, 12, 31),
        f"{SELLER} late_penalty early_payment",
    ),
    (
        "public body before the code of 2019",
        case(kind="public"),
        date(2019, 3, 31),
        f"{SELLER} recovery early_payment",
    ),
    (
        "public body on 2019-04-01",
        case(kind="public"),
        date(2019, 4, 1),
        f"{SELLER} {LATE}",
    ),
    (
        "professional before 2009",
        case(),
        date(2008, 12, 31),
        f"{SELLER} early_payment",
    ),
    ("seller in Réunion", case(seller="RE"), ON, f"{SELLER} {NEW} {LATE}"),
    # French seller, customer elsewhere in the Union.
    (
        "services to a German business",
        case(zone="union", treatment="AE"),
        ON,
        f"{SELLER} buyer_vat operation reverse_charge {LATE}",
    ),
    (
        "goods to a German business",
        case(zone="union", operation="goods", treatment="K"),
        ON,
        f"{SELLER} buyer_vat operation exemption {LATE}",
    ),
    (
        "services and goods to a German business",
        case(zone="union", operation="mixed", treatment="AE K"),
        ON,
        f"{SELLER} buyer_vat buyer_vat operation reverse_charge exemption {LATE}",
    ),
    (
        "German consumer, French VAT",
        case(kind="consumer", zone="union"),
        ON,
        SELLER,
    ),
    (
        "German business, French VAT",
        case(zone="union"),
        ON,
        f"{SELLER} operation {LATE}",
    ),
    (
        "German public body",
        case(kind="public", zone="union", treatment="AE"),
        ON,
        f"{SELLER} buyer_vat operation reverse_charge {LATE}",
    ),
    (
        "small business to a German business",
        case(zone="union", regime="small_business", treatment="AE"),
        ON,
        f"{SELLER} buyer_vat operation reverse_charge {LATE}",
    ),
    (
        "credit note to a German business",
        case(zone="union", document="credit_note", treatment="AE"),
        ON,
        f"{SELLER} buyer_vat operation reverse_charge credit_note",
    ),
    # French seller, customer outside the Union.
    (
        "services to a Swiss business",
        case(zone="outside", treatment="O"),
        ON,
        f"{SELLER} operation exemption {LATE}",
    ),
    (
        "goods to a Swiss business",
        case(zone="outside", operation="goods", treatment="G"),
        ON,
        f"{SELLER} operation exemption {LATE}",
    ),
    (
        "services to a Swiss consumer",
        case(kind="consumer", zone="outside", treatment="O"),
        ON,
        f"{SELLER} exemption",
    ),
    (
        "goods to a Swiss consumer",
        case(kind="consumer", zone="outside", operation="goods", treatment="G"),
        ON,
        f"{SELLER} exemption",
    ),
    (
        "Swiss public body",
        case(kind="public", zone="outside", treatment="O"),
        ON,
        f"{SELLER} operation exemption {LATE}",
    ),
    (
        "exported goods delivered elsewhere",
        case(
            zone="outside", operation="goods", treatment="G", delivered_elsewhere=True
        ),
        ON,
        f"{SELLER} operation delivery exemption {LATE}",
    ),
    # Sellers elsewhere in the Union: the general set.
    (
        "Belgian seller",
        case(seller="BE", regime="debits"),
        ON,
        "seller_vat late_penalty recovery",
    ),
    (
        "Belgian seller, consumer",
        case(seller="BE", kind="consumer", regime="debits"),
        ON,
        "seller_vat",
    ),
    (
        "Belgian seller, public body",
        case(seller="BE", kind="public", regime="debits"),
        ON,
        "seller_vat late_penalty recovery",
    ),
    (
        "German seller on collection",
        case(seller="DE"),
        ON,
        "seller_vat cash_accounting late_penalty recovery",
    ),
    (
        "German seller, reverse charge",
        case(seller="DE", zone="union", regime="debits", treatment="AE"),
        ON,
        "seller_vat buyer_vat reverse_charge late_penalty recovery",
    ),
    (
        "German seller, goods within the Union",
        case(
            seller="DE",
            zone="union",
            operation="goods",
            regime="debits",
            treatment="K",
        ),
        ON,
        "seller_vat buyer_vat exemption late_penalty recovery",
    ),
    (
        "German seller, export",
        case(
            seller="DE",
            zone="outside",
            operation="goods",
            regime="debits",
            treatment="G",
        ),
        ON,
        "seller_vat exemption late_penalty recovery",
    ),
    (
        "German seller, services outside the Union",
        case(seller="DE", zone="outside", regime="debits", treatment="O"),
        ON,
        "seller_vat exemption late_penalty recovery",
    ),
    (
        "German small enterprise",
        case(seller="DE", regime="small_business", treatment="F"),
        ON,
        "small_business late_penalty recovery",
    ),
    (
        "German exempt seller",
        case(seller="DE", regime="exempt", treatment="E"),
        ON,
        "exemption late_penalty recovery",
    ),
    (
        "German seller with a discount",
        case(seller="DE", regime="debits", discount="flat"),
        ON,
        "seller_vat late_penalty recovery early_payment",
    ),
    (
        "German seller, discount within days, consumer",
        case(seller="DE", kind="consumer", regime="debits", discount="term"),
        ON,
        "seller_vat early_payment",
    ),
    (
        "German credit note",
        case(seller="DE", regime="debits", document="credit_note"),
        ON,
        "seller_vat credit_note",
    ),
    (
        "German seller before the directive",
        case(seller="DE", regime="debits"),
        date(2013, 3, 15),
        "seller_vat",
    ),
    # Sellers outside the Union: what they enter themselves.
    ("Swiss seller", case(seller="CH"), ON, ""),
    ("seller without a country", case(seller=""), ON, ""),
]
