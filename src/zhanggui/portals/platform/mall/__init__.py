"""The mall as staff see it: payments, refunds, notices of channels, after-sale, parameters."""
