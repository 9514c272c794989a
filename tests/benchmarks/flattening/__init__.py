"""What flattening gains on pages with one thing wrong at a time, and what it costs."""
