"""Fee details: the list over all of them, the lists of one statement, the explanation, corrections."""
