"""What can be wrong with pull secrets and with what names them: a file a subject, and all codes in one table."""
