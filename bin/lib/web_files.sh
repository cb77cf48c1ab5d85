# Which files are prettier's, and how it is called. Sourced by bin/lint and bin/format.
# shellcheck shell=bash

# A file of settings cannot name its plugin where it lies, outside of the checkout's own modules.
PRETTIER=(prettier --plugin "$BILLING_DEV/node/node_modules/@prettier/plugin-xml/src/plugin.js")

# Prints the files, each ended by a zero byte. What prettier leaves alone is in .prettierignore.
web_files() {
  find . \( -name '.?*' -o -name dist -o -name node_modules \) -prune -o \
    -type f \( -name '*.js' -o -name '*.mjs' -o -name '*.xml' -o -name '*.scss' \) -print0
}
