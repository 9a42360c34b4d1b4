"""Watching: alerts and the rules that raise them, what is going on now, the periodic jobs."""
