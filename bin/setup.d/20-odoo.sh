# Odoo 19, from Debian's own package, unpacked below .dev/odoo without installing it.
# shellcheck shell=bash
title="fetching Odoo 19 (about 130 MB)"

# What the package links to: its icons, fonts and scripts live in other packages.
COMPANIONS=(fonts-font-awesome fonts-roboto-unhinted fonts-inconsolata fonts-ocr-b
  fonts-montserrat libjs-jquery libjs-jquery-form libjs-underscore)

inputs() { echo "${ODOO_HOME:-}"; }
is_there() { [ -f "$BILLING_ODOO/odoo/release.py" ]; }

perform() {
  if [ -n "${ODOO_HOME:-}" ]; then
    is_there || { echo "ODOO_HOME=$ODOO_HOME holds no odoo/release.py." >&2; return 1; }
    return
  fi
  local work=$BILLING_DEV/odoo.new
  rm -rf "$work"
  mkdir -p "$work/apt/lists/partial" "$work/apt/cache/archives/partial" "$work/debs" "$work/tree"
  write_sources "$work/apt"
  quietly odoo-apt private_apt update
  download
  for package in "$work"/debs/*.deb; do
    dpkg-deb -x "$package" "$work/tree"
  done
  repair "$work/tree/usr/lib/python3/dist-packages"
  # The databases made with one version are of no use to the next: templates are keyed by it.
  find "$work/debs" -name 'odoo-19_*' -printf '%f\n' >"$work/tree/version"
  rm -rf "$BILLING_DEV/odoo"
  mv "$work/tree" "$BILLING_DEV/odoo"
  rm -rf "$work"
}

# Odoo 19 is in the suite sid; the machine's own suites stay untouched. The mirror is the one
# the machine uses already, and apt checks the signatures as always.
write_sources() {
  local mirror keyring signed=""
  mirror=$(find_mirror)
  if [ -z "$mirror" ] && [ "$(id -u)" = 0 ]; then
    quietly apt-update apt-get update
    mirror=$(find_mirror)
  fi
  [ -n "$mirror" ] || { echo "apt knows no Debian mirror: run apt-get update as root." >&2; return 1; }
  for keyring in /usr/share/keyrings/debian-archive-keyring.{pgp,gpg}; do
    [ ! -f "$keyring" ] || { signed="[signed-by=$keyring] "; break; }
  done
  own_suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
  printf "deb $signed%s %s main\n" "$mirror" sid "$mirror" "$own_suite" >"$1/sources.list"
}

# apt knows a mirror's origin only after its first update.
find_mirror() {
  apt-get indextargets --format '$(REPO_URI) $(ORIGIN) $(LABEL)' 'Created-By: Packages' |
    awk '$2 == "Debian" && $3 == "Debian" && !found++ { print $1 }'
}

private_apt() {
  local folder=$BILLING_DEV/odoo.new/apt
  apt-get -o Dir::Etc::sourcelist="$folder/sources.list" -o Dir::Etc::sourceparts=/dev/null \
    -o Dir::State::Lists="$folder/lists" -o Dir::Cache="$folder/cache" \
    -o APT::Sandbox::User="$(id -un)" "$@"
}

# The companions come from the machine's own suite where it has them: sid's Font Awesome no
# longer ships the web font that Odoo links to, and half of the icons would be blank.
download() {
  local package
  cd "$BILLING_DEV/odoo.new/debs"
  quietly odoo-download private_apt download odoo-19/sid
  for package in "${COMPANIONS[@]}"; do
    quietly "odoo-$package" private_apt download "$package/$own_suite" 2>/dev/null ||
      quietly "odoo-$package" private_apt download "$package"
  done
  cd "$BILLING_DEV"
}

repair() {
  # Debian strips this file, yet the manifest lists it: each bundle would report an error in
  # the browser's console, and every browser test fails on that.
  local stripped=$1/odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js
  mkdir -p "${stripped%/*}"
  [ -f "$stripped" ] || : >"$stripped"
}
