"""What buyers pay and get back: payments, charges, refunds, and the protocol that the rails of channels implement.

Owns: a buyer's payment over several orders, what was really taken for it and given back, every notice of a channel as
it came, and the words in which rails are asked. Promises: the parts of a charge are the charge; refunds never exceed
it; an unknown outcome is asked for, never sent again under a new number. Refuses to know: orders, goods, settlement.
"""
