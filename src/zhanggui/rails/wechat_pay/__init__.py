"""WeChat Pay: its bills."""
