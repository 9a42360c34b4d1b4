"""The mall: what is sold, what it costs this buyer now, carts, orders, parcels, and what comes back.

The settlement centre works without it: orders leave from here as from any other source.
"""
