# The commands of a developer's day. The work is done by the scripts of bin/; `make help` lists them.
.DEFAULT_GOAL := help
.PHONY: help setup serve shell demo test test-engine test-odoo test-contract test-queue test-core test-crash test-reminders bench lint format i18n dist stop clean

help: ## Lists these commands
	@sed -n 's/^\([a-z0-9-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

setup: ## Installs all that is needed below .dev (again: only what has changed)
	@bin/setup

serve: setup ## Serves the database demo on http://127.0.0.1:8069
	@bin/serve

shell: setup ## Opens Odoo's Python shell on the database demo
	@bin/odoo shell -d demo --no-http

demo: setup ## Makes the database demo anew, with the module's own demo data
	@bin/run python bin/demo.py

test: setup ## Runs every test and ends with "N passed, N failed"
	@bin/run python bin/test.py

test-engine: setup ## Tests engine/ alone, without a database
	@bin/run python bin/test.py engine

test-odoo: setup ## Tests the module in Odoo; TAGS=... picks, KEEP=1 keeps the database
	@bin/run python bin/test.py odoo $(if $(TAGS),--tags '$(TAGS)') $(if $(TEMPLATE),--template $(TEMPLATE)) $(if $(KEEP),--keep)

test-contract: setup ## Tests the takeover of contracts beside the OCA module that holds them
	@bin/run python bin/test.py odoo --template contract

test-queue: setup ## Tests the runs as jobs of OCA's queue
	@bin/run python bin/test.py odoo --template queue

test-core: setup ## Runs Odoo's own sale and account tests without and with the module, and compares
	@bin/run python bin/test_core.py

test-crash: setup ## Kills the daily run at 25 moments, disturbs it, compares; SEED=... repeats
	@bin/run python bin/test_crash.py $(if $(SEED),--seed $(SEED)) $(if $(ONLY),--only $(ONLY))

test-reminders: setup ## Kills the process that reminds 500 customers at 12 moments, compares
	@PYTHONPATH=bin bin/run python bin/checks/reminder_kills.py --cases 500 --deaths 12

bench: setup ## Measures the daily run against others, N=1000 customers; a missed target fails
	@bin/bench $(if $(N),--count $(N)) $(if $(ONLY),--only $(ONLY))

lint: setup ## Checks style, conventions, translations and sizes
	@bin/lint

format: setup ## Lets the formatters rewrite Python, JavaScript and XML
	@bin/format

i18n: setup ## Refreshes i18n/recurring_billing.pot and merges i18n/fr.po
	@bin/run python bin/i18n.py

dist: setup ## Packs the module for the app store (zip) and for pip (wheel) in dist/
	@bin/dist

stop: ## Stops the private PostgreSQL cluster
	@bin/pg stop

clean: stop ## Removes all that these commands have made
	@bin/clean
