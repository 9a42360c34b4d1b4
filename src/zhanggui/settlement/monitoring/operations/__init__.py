"""Acts of watching: publish a rule, evaluate rules, handle an alert."""
