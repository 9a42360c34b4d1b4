"""The command line: one file a command in `commands`, and how they speak (`output`). No business rules.

A command is a module `commands/<name_with_underscores>.py` with

    HELP: str                                   one line for the list of commands
    add_arguments(parser) -> None               its own options; --help and --json are given
    run(options, out: Output) -> int            0 all well, 1 violations found; bad input is a `Refusal`

and it runs with the database up, its tables made, and Django ready.
"""
