"""Who buys: buyers, the identities they log in with, their addresses.

Owns: one buyer a person, identities of WeChat and Weibo, merging of two buyers into one.
Refuses to know: what they buy.
"""
