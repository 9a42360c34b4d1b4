"""What can happen to an application; one act a file."""
