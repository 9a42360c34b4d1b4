"""Alipay's gateway as a sandbox: its wire protocol, its refusals, its notices and bills, on one machine.

It has one seller with two applications: one in key mode, one in certificate mode (only that one may pay out). What is
known of the real gateway's codes is in them; where a code is not documented, the nearest documented one is used.
Started by `python -m zhanggui.rails.alipay.sandbox --folder DIR`.
"""
