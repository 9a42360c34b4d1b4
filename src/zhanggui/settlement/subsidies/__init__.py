"""Subsidies (补差): what the platform bears of coupons, paid into sub-merchants' orders at the channel."""
