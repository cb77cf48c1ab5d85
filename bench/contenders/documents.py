"""What both ways of sending share: posted invoices, a mail server, a look at the end.

The invoices are those of our own run, so that nothing about them differs.
"""

import io
import os

import catalog
from pypdf import PdfReader

from contenders import ours


def prepare(env):
    """Give the customers addresses, and post an invoice for each."""
    address(env)
    ours.warm_up(env)
    ours.perform(env)


def prepare_waiting(env):
    """A thousand posted invoices whose documents wait, and as many customers as are
    measured whose invoices are due.
    """
    address(env)
    warm, measured = catalog.get_customers(env)
    ours.warm_up(env)
    waiting = env["sale.order"].search(
        [("partner_id", "in", measured.ids)], order="id", limit=ours.WAITING
    )
    for portion in catalog.portions(waiting):
        ours.bill_until(env, portion, env.company._billing_today())
    env.cr.execute(
        "SELECT count(*) FROM account_move WHERE billing_delivery_state = 'to_send'"
    )
    (marked,) = env.cr.fetchone()
    assert marked == ours.WAITING + len(warm), marked


def prepare_free(env):
    """The same, and nothing of it waits."""
    prepare_waiting(env)
    env.cr.execute("UPDATE account_move SET billing_delivery_state = NULL")


def address(env):
    """Give each customer an address of its own."""
    warm, measured = catalog.get_customers(env)
    for number, customer in enumerate(warm + measured):
        customer.email = f"customer{number}@example.com"
    env.cr.commit()


def set_up(env):
    """Mail goes to the benchmark's postbox; styles come from its server, if there is
    one.
    """
    env["ir.mail_server"].create(
        {
            "name": "Postbox",
            "smtp_host": "127.0.0.1",
            "smtp_port": int(os.environ["BENCH_SMTP_PORT"]),
            "smtp_encryption": "none",
        }
    )
    env.company.email = "billing@example.com"
    url = os.environ.get("BENCH_REPORT_URL", "http://127.0.0.1:1")
    env["ir.config_parameter"].set_param("report.url", url)
    env.cr.commit()


def get_invoices(env, *, warm):
    """The posted invoices of the warm-up's customers, or of those that are measured."""
    customers = catalog.get_customers(env)[0 if warm else 1]
    return env["account.move"].search(
        [("partner_id", "in", customers.ids), ("state", "=", "posted")], order="id"
    )


def verify(env):
    """Each measured invoice has its PDF, with styles and with the electronic invoice.

    :raises AssertionError: when one has not.
    """
    for invoice in get_invoices(env, warm=False):
        reader = PdfReader(io.BytesIO(invoice.invoice_pdf_report_id.raw))
        assert reader.attachments.get("factur-x.xml"), invoice.name
        # The font of the layout: a bare page has another.
        names = {
            font.get_object()["/BaseFont"].lstrip("/")
            for font in reader.pages[0]["/Resources"]["/Font"].values()
        }
        assert "Lato-Regular" in names, f"{invoice.name}: {names}"
