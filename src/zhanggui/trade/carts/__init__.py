"""What a buyer has put aside: a cart over several merchants, favourites."""
