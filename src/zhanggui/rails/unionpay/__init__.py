"""UnionPay (银联全渠道, version 5.1.0): payments, refunds, files over its gateway, and its bills."""
