"""Money on its way to those it is owed to: where it may go, payouts, attempts, batches, files, answers, returns.

Owns: receivers, payouts and their batches. Holds always: never more paid than a statement owes; money goes to the
receiver that was approved or nowhere; an attempt is written down before anything is sent; an unknown outcome is
asked about, never sent under a new number. Refuses to know any bank's format: a rail (`rail.py`) speaks it.
"""
