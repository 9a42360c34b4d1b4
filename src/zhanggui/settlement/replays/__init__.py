"""Replay: a closed statement rebuilt from raw events and pinned versions, compared byte for byte."""
