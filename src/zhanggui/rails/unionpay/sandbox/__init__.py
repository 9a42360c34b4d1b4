"""UnionPay's gateway (银联全渠道 5.1.0) as a sandbox: wire protocol, refusals, notices and files, on one machine.

It has one merchant. Codes are those that UnionPay documents; which one it would give in a case is not always known,
and then the nearest is used. Started by `python -m zhanggui.rails.unionpay.sandbox --folder DIR`.
"""
