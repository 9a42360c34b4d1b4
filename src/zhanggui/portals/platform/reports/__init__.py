"""Charts whose every bar leads to its rows, and reports for audit and tax filing."""
