<<<<<<< HEAD
"""Bank transfers of buyers (线下转账): no gateway, a person confirms what arrived."""
=======
"""Transfers to our bank account (线下转账), confirmed by a person: no outside party, our own record is the bill."""
>>>>>>> eb2d962 (Bills of confirmed transfers to our bank account: written from our own record, read as a channel's, proved by the bank's statement)
