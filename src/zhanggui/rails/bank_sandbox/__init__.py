"""A bank in a folder, for the demonstration and for trying things out: it takes pain.001 and answers like a bank.

It reads what lies in `out` of an account, answers in `in`, and keeps what it knows in `bank.json` beside them. Its
faults are asked for, by the last digits of the receiver's number. It knows nothing of ours but the files.
"""
