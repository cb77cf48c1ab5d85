# Shows the checkout to Odoo under the module's technical name. Sourced by bin/odoo and setup.
# shellcheck shell=bash

# A folder of links, one per top-level entry, not one link to the checkout: Odoo's translation
# exporter follows links and would walk through .dev, which holds this very folder, for ever.
link_module() {
  local folder=$BILLING_DEV/addons/$BILLING_MODULE entry name
  mkdir -p "$folder"
  for entry in "$folder"/*; do
    if [ ! -e "$entry" ] || [ "$(readlink "$entry")" != "$BILLING_CHECKOUT/${entry##*/}" ]; then
      rm -f "$entry"
    fi
  done
  for entry in "$BILLING_CHECKOUT"/*; do
    name=${entry##*/}
    case $name in bin | dist | node_modules | __pycache__) continue ;; esac
    [ -L "$folder/$name" ] || ln -sfn "$entry" "$folder/$name"
  done
}
