"""Who owns an object, or one of its fields, and what that party's next run does to a write of this program."""
