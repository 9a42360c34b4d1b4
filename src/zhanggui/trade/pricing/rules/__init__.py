"""What a unit costs, from where it is sent, what freight comes on top. Pure: no clock, settings or database."""
