"""The page of `report` in a real browser: build/report-test.sh."""
