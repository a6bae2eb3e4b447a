"""The plugin of kubectl, in a program made by PyInstaller."""

from pullsecret.entry.kubectl import run

run()
