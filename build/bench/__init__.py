"""Compares the speed of the program, of kubectl as documented, and of the API server's own limit.

`build/bench.sh` runs it, part after part (parts.py). timing.py measures a process; bench_cluster.py has the cluster,
raw.py sends requests as fast as the server accepts them, upstream.py builds kubectl, clients.py has the clients;
comparison.py runs them in turns, far.py at a distance, commands.py on a large cluster, startup.py measures the
standalone binaries. results.py and distances.py compute the results, goals.py has the goals, and document.py, texts.py,
tables.py and picture.py make the page. Standard library only.
"""
