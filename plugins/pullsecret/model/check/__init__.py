"""What is wrong with pull secrets: a rule for each code."""
