"""The books: journal, accounts with their flow, trial balance, one entry."""
