"""A database on several machines by Citus: which table goes where (`placement`), whether it can (`fitness`), doing it
(`cluster`). Citus is a choice of whoever runs the mall; nothing here needs it to be installed."""
