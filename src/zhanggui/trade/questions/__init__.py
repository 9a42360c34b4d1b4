"""Questions (咨询): what a buyer asks a shop, or the platform, before and after buying, and what comes back.

Promises: a thread is one buyer's and one side's, its messages are only ever added, and its state says who wrote last.
"""
