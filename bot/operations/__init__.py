"""What an operator does with a whole service: back it up, restore it, find out what is wrong with it."""
