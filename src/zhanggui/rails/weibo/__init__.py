"""Weibo's log-in. What Weibo says of a person, and nothing else.

Owns: the wire format of Weibo's OAuth2. Refuses to know: who that person is in the mall.
"""
