# Debian packages that only root can install, and only those that are missing.
# shellcheck shell=bash
title="installing system packages"
. "$BILLING_BIN/lib/python.sh"

inputs() { :; }
is_there() { [ -z "$(missing_packages)" ]; }

missing_packages() {
  # Libraries and fonts of the PDF engine, pdftotext/pdftoppm for the checks, libmagic for Odoo.
  local names="libxrender1 libxext6 libfontconfig1 fonts-dejavu-core poppler-utils libmagic1 git ca-certificates"
  local installed
  # From Debian 13 on, some libraries carry a suffix in their names (libmagic1t64).
  # shellcheck disable=SC2086
  installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' $names libmagic1t64 2>/dev/null |
    sed -n 's/t64$//; s/^installed //p' || true)
  tr ' ' '\n' <<<"$names" | grep -vxF "$installed" || true
  # These are judged by what they offer, since a user may have them from elsewhere.
  [ -z "${CLUSTER_HOME:-}" ] || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || echo postgresql
  command -v chromium google-chrome >/dev/null || echo chromium
  find_python >/dev/null || printf '%s\n' python3 python3-venv
  [ "$(uname -m)" = x86_64 ] || command -v wkhtmltopdf >/dev/null || echo wkhtmltopdf
}

# Debian's PostgreSQL would make and start a cluster of its own, which nobody here wants.
without_main_cluster() {
  local snippet=/etc/postgresql-common/createcluster.d/recurring-billing.conf code=0
  mkdir -p "${snippet%/*}"
  echo 'create_main_cluster = false' >"$snippet"
  "$@" || code=$?
  rm -f "$snippet"
  return $code
}

perform() {
  local packages
  mapfile -t packages < <(missing_packages)
  [ ${#packages[@]} -gt 0 ] || return 0
  if [ "$(id -u)" != 0 ]; then
    echo "These packages are missing. Install them, then run make setup again:" >&2
    echo "  sudo apt-get install --no-install-recommends ${packages[*]}" >&2
    return 1
  fi
  export DEBIAN_FRONTEND=noninteractive
  # A fresh machine has no package lists, an old one may have lists that no longer hold.
  quietly apt-update apt-get update
  without_main_cluster quietly apt-install apt-get install -y --no-install-recommends "${packages[@]}"
}
