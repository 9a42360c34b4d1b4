"""The platform's finance back office: screens of the desk over settlement and ledger, no rules of its own."""
