"""What buyers say of goods they received, with pictures, and what merchants answer."""
