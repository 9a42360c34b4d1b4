"""The funds view: balances at a day, flows with the balance after, what each order yields."""
