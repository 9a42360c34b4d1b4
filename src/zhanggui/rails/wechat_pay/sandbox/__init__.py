"""A sandbox of WeChat Pay: speaks its protocol over HTTP, refuses what it refuses, and lets people pay on a page.

It is the other side: of our adapter it shares the arithmetic of signatures and the writing of bills, no more.
Where a refusal's code is not documented, the nearest documented one is used.
"""
