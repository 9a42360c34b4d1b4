"""Pages of the desk itself: log-in, preferences, search, saved views, the download centre, error pages."""
