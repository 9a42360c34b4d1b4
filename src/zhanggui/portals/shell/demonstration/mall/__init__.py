"""The mall of the demonstration: its shops, suppliers and goods, all invented, read from demo_data/mall and opened
through the catalogue's own acts, with pictures of our own drawing."""
