"""The texts of the performance page."""

from __future__ import annotations

from bench.clusters import CLUSTERS as ALL
from bench.clusters import NAMESPACES as NAMESPACES_OF_EACH
from bench.commands import NAMESPACES, OTHERS, PODS_OF_EACH, WAITING_OF_EACH
from bench.distances import BUSY, MOST_WRITES, SIZE
from bench.raw import CONNECTIONS

PICTURE = "distance.svg"
"""Next to the page."""

ABOUT = f"""\
Every number comes from one run of `./build/bench.sh`, on a Kubernetes API server of its own on the same machine, so
that client and server share its processors. The clients do the same work in turns, on the same namespaces. Times
are medians of whole processes, ratios are medians per round.

- **kubectl-pullsecret**: `copy all-icr-io --attach`, including everything: reading existing objects, writing only what
  differs, with conditional writes, and reporting each object.
- **raw limit**: a Go client that sends only the same writes over {CONNECTIONS} connections, and knows beforehand
  which objects exist. Its startup is not included.
- **kubectl**: the commands of IBM's documentation, for each namespace
  `kubectl get secret … -o yaml | sed … | kubectl create -f -` and `kubectl patch serviceaccount/default …`.

*Nothing to do* is the same command again. A *rotation* is
`rotate all-icr-io --canary NS`: it reads every pull secret, keeps the old credential beside the source, changes the
source, one namespace and then the others in waves, and reads everything again; registries are not asked."""

KINDS = """\
The Linux programs, and what PyInstaller makes of the same source for other systems, built and run on Linux:"""

CLUSTERS = f"""\
One run with `--all-contexts` against runs with `--context`, in turns. {ALL} contexts with {NAMESPACES_OF_EACH}
namespaces each reach three servers behind relays that delay each direction, as different users. The copies are sent as
`--dry-run=server`: the servers do everything but store them, because several contexts have the same namespaces."""

DISTANCE = f"""\
The server is the same, but a relay on loopback delays each direction by half of the round-trip time; opening a
connection takes a round trip, too. Bandwidth is not limited, and TCP's slow start is not part of it. The default,
`--parallel auto`, runs in turns with fixed numbers, in the same cluster of {SIZE:,} namespaces. The server that answers
429 does so with `Retry-After: 1`, while it processes {MOST_WRITES} writes, {BUSY} ms away. kubectl is measured with one
namespace, and its time for {SIZE:,} is extrapolated from that."""

CONCURRENCY = """\
`--parallel auto` follows what the server answers, and knows nothing else of it. The quickest answer before and
600 writes a second, which any API server takes, give the first number of writes under client. After as many answers it
doubles that number, and keeps the new one if there are at least 15 % more writes a second for it; if the answers only
take longer, it goes back and tries again later, ever more rarely, and at times with fewer writes, too. There are never
more than 128. A 429 halves the number, the client waits as long as `Retry-After` says, and the number grows again to
just below where the server refused. Other users of the cluster do not suffer: the API server's priority and fairness
gives each flow of requests its share, queues what is above it and answers 429 when the queue is full, so that such a
run slows down before they do."""

LEAN = """\
A server that runs fewer controllers has more processor time for answers, so that the program's own counts more."""

COMMANDS = f"""\
In {NAMESPACES:,} namespaces, each with {len(OTHERS) + 1} pull secrets and {PODS_OF_EACH} pods, of which
{WAITING_OF_EACH} cannot pull its image. Beside each command, kubectl reads all objects of the same kinds. `copy` has
nothing to do."""
