"""The page of `report`: one HTML file that loads nothing, can be read without its script, and can be printed."""
