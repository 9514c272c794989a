"""What happens to paper before anybody photographs it. One module for each effect."""
