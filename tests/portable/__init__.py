"""The programs that PyInstaller makes; build/portable-test.sh builds them and runs these tests."""
