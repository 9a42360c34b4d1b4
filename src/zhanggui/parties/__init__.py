"""People, organisations and roles: who acts, who is owed, who owes. Knows nothing of money."""
