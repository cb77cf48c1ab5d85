# Odoo's configuration. The database server is told through libpq's own variables (PGHOST, ...).
# shellcheck shell=bash
title="writing Odoo's configuration"

inputs() { echo "$BILLING_ODOO"; }
is_there() { [ -f "$BILLING_DEV/odoo.conf" ]; }

perform() {
  local addons=$BILLING_DEV/addons
  # Odoo finds odoo/addons by itself. In a checkout of Odoo that is `base` and little else; in
  # Debian's package it is all of them, and the folder beside it holds incomplete copies.
  [ -d "$BILLING_ODOO/odoo/addons/sale" ] || addons=$BILLING_ODOO/addons,$addons
  mkdir -p "$BILLING_DEV/addons" "$BILLING_DEV/data"
  cat >"$BILLING_DEV/odoo.conf.new" <<CONFIGURATION
[options]
addons_path = $addons
data_dir = $BILLING_DEV/data
http_interface = 127.0.0.1
CONFIGURATION
  mv "$BILLING_DEV/odoo.conf.new" "$BILLING_DEV/odoo.conf"
}
