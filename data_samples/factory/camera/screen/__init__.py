"""What a screenshot does to a picture. One module for each effect."""
