"""Orders of the mall as whoever looks at them sees them: the platform, the merchant who sold, whoever ships."""
