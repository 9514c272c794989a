"""How well the pipeline reads and judges, measured on cases whose truth is known."""
