# Where everything of this checkout lives. Sourced by the scripts of bin/; `bin/run COMMAND`
# gives the same environment to any other command (for instance `bin/run psql demo`).
# It only computes names: it starts nothing and writes nothing.
# shellcheck shell=bash

BILLING_CHECKOUT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
BILLING_MODULE=recurring_billing
BILLING_DEV=$BILLING_CHECKOUT/.dev
BILLING_BIN=$BILLING_CHECKOUT/bin
# Names two checkouts on one machine apart, in the places that they share.
BILLING_ID=$(printf %s "$BILLING_CHECKOUT" | sha256sum | cut -c1-8)
export BILLING_CHECKOUT BILLING_MODULE BILLING_DEV BILLING_BIN BILLING_ID

# ODOO_HOME (a folder that holds odoo/ and maybe addons/) replaces the Debian package.
BILLING_ODOO=${ODOO_HOME:-$BILLING_DEV/odoo/usr/lib/python3/dist-packages}
export BILLING_ODOO

# The virtual environments and our wkhtmltopdf come before whatever the machine has.
PATH=$BILLING_DEV/bin:$BILLING_DEV/venv/bin:$BILLING_DEV/tools-venv/bin:$BILLING_DEV/node/node_modules/.bin:$PATH
export PATH

# An own locale keeps sorting, messages and dates the same on every machine.
export LANG=C.UTF-8 LC_ALL=C.UTF-8
# Compiled Python and other caches stay out of the checkout.
export PYTHONPYCACHEPREFIX=$BILLING_DEV/pycache HYPOTHESIS_STORAGE_DIRECTORY=$BILLING_DEV/hypothesis

# Whoever has set PGHOST brings a server of their own; else it is the private cluster. The mark
# tells our own PGHOST, handed down from script to script, from the user's.
if [ -z "${PGHOST:-}" ] || [ "${BILLING_PRIVATE_CLUSTER:-}" = "$BILLING_ID" ]; then
  export BILLING_PRIVATE_CLUSTER=$BILLING_ID
  # shellcheck source=bin/lib/cluster.sh
  . "$BILLING_BIN/lib/cluster.sh"
  export PGHOST=$CLUSTER_SOCKET PGPORT=5432 PGUSER=odoo
  unset PGPASSWORD PGDATABASE PGSERVICE
fi
