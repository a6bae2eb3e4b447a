"""Many inquiries at the same time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from pullsecret.network.timeouts import parsed_timeout
from pullsecret.registry.probe import Dialogue
from pullsecret.registry.transport import AT_ONCE, Wire

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pullsecret.model.images.verdict import RegistryQuery, Verdict
    from pullsecret.model.request.verification import RegistryAccess
    from pullsecret.network.trace import Trace


def asked(
    queries: Sequence[RegistryQuery], access: RegistryAccess, *, environ: Mapping[str, str], trace: Trace
) -> dict[RegistryQuery, Verdict]:
    """What `ask_registries` says; the inquiries are each a different one."""
    if not queries:
        return {}
    timeouts = parsed_timeout(access.request_timeout)
    wire = Wire(environ=environ, trace=trace, timeouts=timeouts, ca_files=access.ca_files)
    dialogue = Dialogue(wire, insecure=access.insecure)
    pool = ThreadPoolExecutor(min(AT_ONCE, len(queries)))
    try:
        return dict(zip(queries, pool.map(dialogue.verdict, queries), strict=True))
    finally:
        # After Ctrl-C nobody waits for what is under way: a dead registry would keep us for its whole time-out.
        pool.shutdown(wait=False, cancel_futures=True)
        wire.close()
