"""What keeps the knowledge right between imports: bulletins that outrank it for a while, golden questions
that guard a publication, findings about what needs a person's care, and word to other systems."""
