"""The durable work on a case: files taken apart, pages read, cases assessed, platforms told."""
