"""Settlement: what every party is owed and why, from the billed order line to the closed statement.

Owns, top to bottom: replays, billing, intake, statements, details, fees, entities. Imports point down.
"""
