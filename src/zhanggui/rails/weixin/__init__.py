"""WeChat's log-in: at the website by QR code, and inside WeChat. What WeChat says of a person, and nothing else.

Owns: the wire format of the open platform's OAuth2. Refuses to know: who that person is in the mall.
"""
