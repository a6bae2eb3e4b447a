"""All artifacts of a release, installed and used as users do; build/binary-test.sh builds them."""
