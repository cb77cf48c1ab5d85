"""The arithmetic of billing in plain Python: values in, values out.

Nothing here knows the ERP, the clock, the database or a setting. The quote, the
rehearsal, the run, the portal and the forecast all call these functions, so that
an amount is computed in one way only.
"""
