"""Odoo inside a Python process of our own: for what a shell can neither time nor kill.

The parent hands `get_environment` to the process it starts; the process itself calls
`open_registry` once.
"""

import contextlib
import os

from lib import project


def get_environment(*folders):
    """Return the environment of a process that imports Odoo and the peers.

    :param folders: where its own modules are, besides the tools' `lib`.
    """
    path = [project.ODOO, project.DEV / "peers", project.BIN, *folders]
    return os.environ | {
        # The checkout's own folders must not answer to an absolute import.
        "PYTHONSAFEPATH": "1",
        "PYTHONPATH": os.pathsep.join(map(str, path)),
        "ODOO_RC": str(project.DEV / "odoo.conf"),
    }


def open_registry(database, log_level="warn"):
    """Load Odoo for a database as a server does, without serving anything."""
    import odoo.init
    import odoo.service.server
    from odoo.orm.registry import Registry
    from odoo.tools import config

    # fmt: off
    config.parse_config(
        ["-d", database, "--no-http", "--max-cron-threads=0",
         f"--log-level={log_level}"],
        setup_logging=True,
    )
    # fmt: on
    odoo.service.server.load_server_wide_modules()
    return Registry(database)


@contextlib.contextmanager
def open_environment(registry):
    """An environment of the system's own user; the caller commits."""
    from odoo import SUPERUSER_ID, api

    with registry.cursor() as cr:
        yield api.Environment(cr, SUPERUSER_ID, {})
