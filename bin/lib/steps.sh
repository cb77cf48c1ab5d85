# Runs one step of the set-up, unless its stamp says that it is done. Sourced by bin/setup.
# shellcheck shell=bash
#
# A step is a file that defines
#   title     what is being done, one line
#   inputs    prints whatever the result depends on, besides the step's own text
#   is_there  (may be left out) false when the result is missing in spite of the stamp
#   perform   does it; may be cut at any moment and is then run again from its start

run_step() (
  local step=$1 name stamp key
  name=$(basename "$step" .sh)
  stamp=$BILLING_DEV/stamps/$name
  is_there() { true; }
  # shellcheck disable=SC1090
  . "$step"
  # The place counts: virtual environments and links name it in full.
  key=$({ cat "$step"; inputs; printf %s "$BILLING_DEV"; } | sha256sum)
  if [ -f "$stamp" ] && [ "$(<"$stamp")" = "$key" ] && is_there; then return; fi
  echo "setup: $title"
  # Not the lock: a server that a step starts would hold it for as long as it runs.
  perform 9>&-
  printf '%s\n' "$key" >"$stamp.new"
  mv "$stamp.new" "$stamp"
)

# quietly LOG COMMAND...: its output goes to .dev/log/LOG and is shown only when it fails.
quietly() {
  local log=$BILLING_DEV/log/$1
  shift
  mkdir -p "$BILLING_DEV/log"
  "$@" >"$log" 2>&1 || { local code=$?; tail -n 40 "$log" >&2; return $code; }
}
