"""One act a file; the listing of this folder is the list of what can happen here."""
