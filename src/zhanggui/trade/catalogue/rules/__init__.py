"""What texts, goods and pictures of the catalogue have to be. Pure."""
