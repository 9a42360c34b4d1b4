"""One file a command; the file's name with dashes is the command's name."""
