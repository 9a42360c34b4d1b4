"""What is read of the catalogue: by its owners, by the platform, and by buyers."""
