"""What differs between Linux, macOS and Windows: paths, home directories, variables, terminals.

Functions take the name of the operating system as `sys.platform` has it (`linux`, `darwin`, `win32`), so that its rules
can be tested on another. They are the rules of Go and its programs; nothing has run on macOS or Windows yet, except
once under Wine.
"""
