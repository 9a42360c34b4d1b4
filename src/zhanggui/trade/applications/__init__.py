"""Applications to open a shop or to supply (入驻): what somebody outside asks for, and what the platform says to it.

Owns: the application, its paper, its states. Refuses to know: parties and log-ins; a journey opens them.
"""
