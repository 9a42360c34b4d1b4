"""What time sets off: close periods, confirm by silence, sweep invariants. Each job is one call down."""
