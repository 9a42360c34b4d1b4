"""What goods cost this buyer, in this currency, at this moment, and what freight comes on top. Mostly pure rules."""
