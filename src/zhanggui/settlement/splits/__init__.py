"""Splits on the rail (分账): which orders are divided at their channel, among whom, and what became of it.

Owns: the rules (a frozen document a version), accounts at channels that shares go to, splits with their shares, and
shares taken back for refunds.

Holds always: a share leaves the party's open statement before the channel is asked, and comes back to it when the
channel closes it; the shares of a charge never exceed its ceiling, nor what the order owes the party; what is on its
way is what 2202.06 holds.

Refuses to know: channels' protocols, orders of the mall, payouts.
"""
