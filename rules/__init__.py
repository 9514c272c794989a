"""What the official standards say: the engine that reads them, the shared vocabulary, one folder per region."""
