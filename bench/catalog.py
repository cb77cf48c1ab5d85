"""The work that every contender gets: the same customers, lines, tax and total."""

#: The three services of each subscription and their monthly price.
LINES = (("Support", 89.90), ("Licence", 49.90), ("Hosting", 89.95))
TAX_RATE = 20
#: What each invoice comes to, tax included: 229.75 and 45.95 of tax.
TOTAL = 275.70
#: Customers that a process bills before it is measured.
WARM_UP = 50
#: Records that are created and committed together while preparing.
PORTION = 100


def prepare(env, count):
    """Create a company that can invoice, the services and the customers.

    :param int count: customers, those of the warm-up included.
    """
    from odoo import Command

    company = env.company
    env["account.chart.template"].try_loading(
        "generic_coa", company, install_demo=False
    )
    # The customers' too: no fiscal position takes the tax away.
    country = company.account_fiscal_country_id
    # One calendar for all: some contenders go by the company's day, some by UTC's.
    company.partner_id.tz = "UTC"
    tax = company.account_sale_tax_id
    tax.amount = TAX_RATE
    env["product.product"].create(
        [
            {
                "name": name,
                "type": "service",
                "list_price": price,
                "invoice_policy": "order",
                "taxes_id": [Command.set(tax.ids)],
            }
            for name, price in LINES
        ]
    )
    for numbers in portions(range(count)):
        env["res.partner"].create(
            [
                {
                    "name": f"Customer {number:06}",
                    "street": "12 rue des Lices",
                    "zip": "35000",
                    "city": "Rennes",
                    "country_id": country.id,
                }
                for number in numbers
            ]
        )
        env.cr.commit()


def get_products(env):
    """The three services, in order."""
    names = [name for name, _price in LINES]
    found = env["product.product"].search([("name", "in", names)])
    return found.sorted(lambda product: names.index(product.name))


def get_customers(env):
    """(those of the warm-up, those that are measured)."""
    found = env["res.partner"].search([("name", "like", "Customer ______")], order="id")
    return found[:WARM_UP], found[WARM_UP:]


def portions(sequence, size=PORTION):
    """Slices of at most ``size``."""
    for start in range(0, len(sequence), size):
        yield sequence[start : start + size]
