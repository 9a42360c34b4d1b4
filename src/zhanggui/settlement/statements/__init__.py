"""Statements (结算单): what is owed to a party for one period, filled while open, frozen when closed.

Owns: periods and due dates, opening, closing, confirming, disputing, carrying forward, the hash chain.
Holds always: a closed statement never changes; its header is the sum of its lines.
"""
