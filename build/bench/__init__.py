"""How fast it is: the program, kubectl as the documentation has it, and the API server's own limit, side by side.

`build/bench.sh` runs it. timing.py takes the time of a process; arena.py has the cluster, raw.py the requests that go
out as fast as the server takes them, upstream.py a real kubectl, ways.py the ways to do the work; race.py lets them run
in turns; results.py computes what came of it, goals.py says what it should be, and document.py writes both down.
Standard library only.
"""
