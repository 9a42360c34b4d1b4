"""Files that somebody hands us: what each may be, how large it may be, and how large once it is unpacked.

Owns: telling a kind of file by its content, and the refusal of what is too large, is not what its name says, or
unpacks without end. Whoever takes files in says what it takes (`Taken`) and asks `check_file` first.
Refuses to know: what a file is for, Django, the database. Nothing here is believed that the file says of itself.
"""
