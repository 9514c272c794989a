"""Who is signed in: people of the bureau by password, applicants by query code."""
