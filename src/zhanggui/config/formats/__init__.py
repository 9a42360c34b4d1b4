"""Number and date formats where Django's own are wrong for us (FORMAT_MODULE_PATH)."""
