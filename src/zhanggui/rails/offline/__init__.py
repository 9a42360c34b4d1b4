"""Transfers of buyers to our bank account (线下转账), confirmed by a person: our own record is the bill."""
