"""Acts on subsidies."""
