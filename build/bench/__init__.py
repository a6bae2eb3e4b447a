"""Compares the speed of the program, of kubectl as documented, and of the API server's own limit.

`build/bench.sh` runs it. timing.py measures a process; bench_cluster.py has the cluster, raw.py sends requests as
fast as the server accepts them, upstream.py builds kubectl, clients.py has the clients; comparison.py runs them
in turns; results.py computes the results, goals.py has the goals, and document.py writes both.
Standard library only.
"""
