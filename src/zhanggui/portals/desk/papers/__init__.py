"""Papers: statements and drafts of invoices as PDF, set by typst. Figures are those of the screen, to the cent.

A paper is a summary with room for seals; the lines of a large statement travel as a spreadsheet.
"""
