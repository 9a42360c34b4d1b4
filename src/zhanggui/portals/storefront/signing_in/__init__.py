"""Logging in as a buyer: by name and password, with WeChat, with Weibo; and what an account logs in with."""
