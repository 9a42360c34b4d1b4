"""What portals of shops and of the platform share about promotions: words, badges, the forms that make them."""
