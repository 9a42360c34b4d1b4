"""Invoices (发票): who invoices whom for what a closed statement came to, tax, and the axis beside payment.

Owns: tax data and treatments, parts (what is to be invoiced), invoices and their lines, invoices received, tax
months. Holds always: parts are the details of their statement to the cent; a part is invoiced at most once, net of
red letters; an issued invoice never changes. Refuses to know how money is paid.
"""
