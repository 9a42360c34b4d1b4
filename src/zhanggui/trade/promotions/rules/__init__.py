"""What promotions take off each line, in a fixed order, and who funds it. Pure: no clock, settings or database."""
