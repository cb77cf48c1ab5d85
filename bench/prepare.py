"""Fills a database for a contender, in a process of its own.

python prepare.py DATABASE catalog COUNT
python prepare.py DATABASE contenders.ours prepare_history
"""

import importlib
import sys

from lib import odoo_process


def main(database, module, argument):
    """Call the module's `prepare`, or the function that is named."""
    registry = odoo_process.open_registry(database)
    module = importlib.import_module(module)
    with odoo_process.open_environment(registry) as env:
        if argument.isdigit():
            module.prepare(env, int(argument))
        else:
            getattr(module, argument)(env)
        env.cr.commit()


if __name__ == "__main__":
    main(*sys.argv[1:])
