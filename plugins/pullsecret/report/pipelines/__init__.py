"""Reports for CI systems: SARIF for code scanning, and JUnit XML for test reports."""
