"""Give the process the environment that the user gave it: what runs first in a program made by PyInstaller.

PyInstaller's loader leads the process to its own libraries, and so would lead kubectl and credential plugins to them.
By now they are loaded or found: the system's loader has read LD_LIBRARY_PATH when the process started.
Source: PyInstaller, bootloader/src, and docs/common-issues-and-pitfalls.rst, "Launching external programs".
"""

import os
import sys

from pullsecret.entry.early_interrupt import end_silently

end_silently()
for name in [name for name in os.environ if name.startswith("_PYI_")]:
    del os.environ[name]
if sys.platform == "win32":
    import ctypes

    ctypes.windll.kernel32.SetDllDirectoryW(None)
elif sys.platform != "darwin":
    given = os.environ.pop("LD_LIBRARY_PATH_ORIG", None)
    os.environ.pop("LD_LIBRARY_PATH", None)
    if given is not None:
        os.environ["LD_LIBRARY_PATH"] = given
