"""Everything that a release offers, installed as its users do it, and used; build/binary-test.sh makes it all."""
