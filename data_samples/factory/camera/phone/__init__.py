"""What a phone and the place where it is used do to a picture. One module for each effect."""
