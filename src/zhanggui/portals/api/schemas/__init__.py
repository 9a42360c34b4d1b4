"""Shapes that come in (unknown fields refused, integers only for money) and go out."""
