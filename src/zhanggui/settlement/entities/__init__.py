"""Settlement entities (结算机构), business lines, and the dated terms on which a party is settled."""
