"""What can be done with splits; one act a file."""
