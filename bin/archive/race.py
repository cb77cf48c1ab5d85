"""What one process of the race does: python race.py DATABASE DEED ARGUMENTS."""

import sys
import time

import psycopg2

from lib import odoo_process

#: Invoices that a lane posts between two commits.
BATCH = 25
#: The race is stuck after so many seconds.
PATIENCE = 240


def prepare(env, invoices, lanes):
    """Draft invoices; each lane has customers of its own."""
    env["account.chart.template"].try_loading(
        "generic_coa", env.company, install_demo=False
    )
    partners = env["res.partner"].create(
        [{"name": f"Lane {lane}", "customer_rank": 1} for lane in range(int(lanes))]
    )
    for first in range(0, int(invoices), 100):
        env["account.move"].with_context(tracking_disable=True).create(
            [
                {
                    "move_type": "out_invoice",
                    "partner_id": partners[number % len(partners)].id,
                    "invoice_date": "2026-03-02",
                    "invoice_line_ids": [
                        (0, 0, {"name": "Advice", "quantity": 1, "price_unit": 100.0})
                    ],
                }
                for number in range(first, first + 100)
            ]
        )
        env.cr.commit()


def post(env, lane, _lanes):
    """Post the drafts of one lane, batch by batch; a lost race is run again."""
    moves = env["account.move"].with_context(tracking_disable=True)
    domain = [("state", "=", "draft"), ("partner_id.name", "=", f"Lane {lane}")]
    deadline = time.monotonic() + PATIENCE
    while True:
        if time.monotonic() > deadline:
            sys.exit("A lane did not come to its end.")
        try:
            drafts = moves.search(domain, limit=BATCH, order="id")
            if not drafts:
                return
            drafts.action_post()
            env.cr.commit()
        except psycopg2.OperationalError:
            env.cr.rollback()
        env.invalidate_all()


def seal(env, invoices):
    """Archive again and again until all is sealed."""
    printed_by_double(env)
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            env["billing.archiving"]._cron_archive()
            env.cr.commit()
        except psycopg2.OperationalError:
            env.cr.rollback()
        env.invalidate_all()
        if count_sealed(env) == int(invoices):
            return
        # What waits after a lost race is due at once.
        env.cr.execute("UPDATE billing_archive SET next_try_at = NULL")
        env.cr.commit()
    sys.exit(f"Only {count_sealed(env)} of {invoices} were sealed.")


def printed_by_double(env):
    """Give each document a small file of its own."""

    def render(service, moves):
        service.env["ir.attachment"].create(
            [
                {
                    "name": f"{move.id}.pdf",
                    "raw": f"%PDF-1.4 {move.name}".encode(),
                    "res_model": "account.move",
                    "res_id": move.id,
                    "res_field": "invoice_pdf_report_file",
                }
                for move in moves
            ]
        )
        return {}

    type(env["billing.rendering"])._render = render


def count_sealed(env):
    return env["billing.archive"].search_count([("state", "=", "sealed")])


def read(env, invoices):
    """One chain from 1 to the last, every document once, nothing damaged."""
    archives = env["billing.archive"].search([], order="sequence")
    assert archives.mapped("sequence") == list(range(1, int(invoices) + 1))
    assert len(archives.move_id) == int(invoices)
    assert set(archives.move_id.mapped("billing_archive_state")) == {"archived"}
    chain = env["billing.archive.chain"].search([])
    assert (chain.sequence, chain.seal) == (int(invoices), archives[-1].seal)
    chain._verify_whole()
    damages = env["billing.archive.damage"].search([])
    assert not damages, damages.mapped("text")
    assert set(archives.mapped("integrity")) == {"intact"}
    moments = archives.mapped("sealed_at")
    assert len(set(moments)) > 2, "The sealer never worked beside the lanes."
    env.cr.commit()


DEEDS = {"prepare": prepare, "post": post, "seal": seal, "read": read}


def main(database, deed, *arguments):
    """Do one of the deeds in an environment of its own."""
    registry = odoo_process.open_registry(database)
    with odoo_process.open_environment(registry) as env:
        DEEDS[deed](env, *arguments)


if __name__ == "__main__":
    main(*sys.argv[1:])
