"""Who is measured. Each module has three functions that get an environment of Odoo:

`prepare(env)` makes the work due today (and yesterday, for the warm-up);
`warm_up(env)` bills the customers of the warm-up, outside of the measurement;
`perform(env)` bills the others, commits included.
"""
