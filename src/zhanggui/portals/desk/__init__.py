"""The desk: the furniture shared by every back office.

Owns: the look (tokens, styles, scripts), the shell (header, menus, search, drawer), the list kernel, log-in,
saved views, preferences and queued exports. Keeps: money is shown exactly and the same in every language;
totals cover the filter, never the page; a page works without scripts; nothing inline, so that the content
security policy needs no `unsafe-`. Refuses to know: statements, fees, parties or any other business noun.
"""
