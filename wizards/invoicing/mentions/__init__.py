from . import billing_mention_sample
