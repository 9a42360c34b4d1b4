"""What the platform does behind the screens: carried out by tasks, or at once when it is small."""
