"""Pure rules of statements: settlement cycles, periods, due dates and working-day calendars.

Holds always: the periods of a cycle tile the time line, without gap or overlap. Refuses to know: the clock,
settings, the database; days are arguments.
"""
