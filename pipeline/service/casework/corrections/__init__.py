"""What reviewers correct of what the machine read; the machine's value stays beside the person's."""
