"""WeChat's and Weibo's log-in as one process of ours, with a few people to choose from.

The real wire formats: WeChat's QR connect of the open platform and its log-in inside WeChat, Weibo's OAuth2. Codes
work once and expire, each app sees its own openid and all of them the same unionid, and what is wrong is refused with
the codes the real ones document. It knows our side no more than they do.
"""
