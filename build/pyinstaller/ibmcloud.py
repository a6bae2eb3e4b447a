"""The plugin of the IBM Cloud CLI, in a program made by PyInstaller."""

from pullsecret.entry.ibmcloud import run

run()
