"""What people are told: notices to parties and buyers, written with the act they tell of and never changed. It knows
the numbers of documents and of who is told, and nothing about them."""
