"""The standalone programs, where users install them; build/binary-test.sh builds them and runs these tests."""
