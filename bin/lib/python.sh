# Which Python runs Odoo: one of the two whose pinned packages were tried. Sourced by the set-up.
# shellcheck shell=bash

# Version managers put stand-ins on the PATH that fail for versions not chosen, so each is tried.
find_python() {
  local candidate
  for candidate in ${PYTHON:-} python3.11 python3.13 python3 /usr/bin/python3; do
    "$candidate" - 2>/dev/null <<'PROBE' && return
import sys, ctypes, ensurepip, sqlite3, ssl, venv
if sys.version_info[:2] not in ((3, 11), (3, 13)):
    sys.exit(1)
# A virtual environment leads to the interpreter it was made from.
print(sys._base_executable)
PROBE
  done
  return 1
}

# make_venv FOLDER: an environment of the chosen Python, made anew when that has changed.
make_venv() {
  local folder=$1 python want
  python=$(find_python) || { echo "Python 3.11 or 3.13 with venv is needed." >&2; return 1; }
  want=$("$python" -VV; echo "$python $folder")
  if [ ! -f "$folder/made-from" ] || [ "$(<"$folder/made-from")" != "$want" ]; then
    rm -rf "$folder"
    "$python" -m venv "$folder"
    printf '%s\n' "$want" >"$folder/made-from"
  fi
}
