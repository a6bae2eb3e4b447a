"""The programs that need no Python, where users put them; build/binary-test.sh makes them and runs these tests."""
