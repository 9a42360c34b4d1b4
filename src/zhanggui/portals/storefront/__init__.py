"""The storefront: what buyers see of the mall, on a PC, on a phone and inside the browsers of WeChat and Weibo.

Keeps: every page works without scripts, by links and forms; nothing inline; the home page's first load stays under
50 KB without pictures; a buyer sees nothing of another one's, whatever number is typed. Refuses to know: how prices,
promotions, freight and states are made; it asks `trade` and the journeys, and shows what they say.
"""
