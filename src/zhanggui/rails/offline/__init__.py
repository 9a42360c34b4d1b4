"""Bank transfers of buyers (线下转账): no gateway, a person confirms what arrived."""
