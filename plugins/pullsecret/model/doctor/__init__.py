"""Why pods cannot pull their images, and what fixes it."""
