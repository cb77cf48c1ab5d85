#!/bin/sh
# Stands in for a wkhtmltopdf that is ill; PRESS_DOUBLE names the illness, and
# PRESS_DOUBLE_NOTES the file for what it was told.
for word in "$@"; do printf '%s\n' "$word"; done > "$PRESS_DOUBLE_NOTES"
case $PRESS_DOUBLE in
hangs)
  echo $$ > "$PRESS_DOUBLE_NOTES"
  exec sleep 600
  ;;
crashes)
  kill -s SEGV $$
  ;;
crashes_once)
  [ -e "$PRESS_DOUBLE_NOTES.crashed" ] && exec wkhtmltopdf "$@"
  : > "$PRESS_DOUBLE_NOTES.crashed"
  kill -s SEGV $$
  ;;
fails)
  echo "out of memory" >&2
  exit 3
  ;;
esac
