"""Many inquiries at the same time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from pullsecret.network.timeouts import parsed_timeout
from pullsecret.registry.dialogue import Dialogue
from pullsecret.registry.wire import AT_ONCE, Wire

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pullsecret.model.registryaccess import RegistryAccess
    from pullsecret.model.verdict import Inquiry, Verdict
    from pullsecret.network.trace import Trace


def asked(
    inquiries: Sequence[Inquiry], access: RegistryAccess, *, environ: Mapping[str, str], trace: Trace
) -> dict[Inquiry, Verdict]:
    """What `ask_registries` says; the inquiries are each a different one."""
    if not inquiries:
        return {}
    timeouts = parsed_timeout(access.request_timeout)
    wire = Wire(environ=environ, trace=trace, timeouts=timeouts, ca_files=access.ca_files)
    dialogue = Dialogue(wire, insecure=access.insecure)
    pool = ThreadPoolExecutor(min(AT_ONCE, len(inquiries)))
    try:
        return dict(zip(inquiries, pool.map(dialogue.verdict, inquiries), strict=True))
    finally:
        # After Ctrl-C nobody waits for what is under way: a dead registry would keep us for its whole time-out.
        pool.shutdown(wait=False, cancel_futures=True)
        wire.close()
