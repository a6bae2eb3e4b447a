"""The program that completes `kubectl pullsecret`, made by PyInstaller."""

from pullsecret.entry.kubectl import complete

complete()
