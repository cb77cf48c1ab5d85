# eslint and prettier, for the JavaScript and the XML. Node comes with the Python tools, since
# Debian 12's is too old for them.
# shellcheck shell=bash
title="installing eslint and prettier"

inputs() { cat "$BILLING_CHECKOUT/package.json"; }
is_there() { [ -x "$BILLING_DEV/node/node_modules/.bin/eslint" ]; }

perform() {
  local work=$BILLING_DEV/node.new
  rm -rf "$work"
  mkdir -p "$work"
  cp "$BILLING_CHECKOUT/package.json" "$work/"
  # No lock file: it would spell out the addresses of this machine's registry.
  (cd "$work" && quietly npm npm install --no-package-lock --no-audit --no-fund --ignore-scripts)
  rm -rf "$BILLING_DEV/node"
  mv "$work" "$BILLING_DEV/node"
}
