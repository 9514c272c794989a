"""What a scanner does to a picture. One module for each effect."""
