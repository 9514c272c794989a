"""How fast stored cases are judged: see ``__main__``."""
