"""Registries, asked whether a login is good for an image. `ask_registries` is the only door.

What it opens imports urllib3 and ssl; this module does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pullsecret.model.images.verdict import RegistryQuery, Verdict
    from pullsecret.model.request.verification import RegistryAccess
    from pullsecret.network.trace import Trace


def ask_registries(
    queries: Iterable[RegistryQuery], access: RegistryAccess, *, environ: Mapping[str, str], trace: Trace
) -> dict[RegistryQuery, Verdict]:
    """A verdict for each inquiry; equal ones are asked once, eight at a time.

    A credential goes to the registry's own host, or to the token server that this names, by TLS (on this machine, and
    with `access.insecure` everywhere, in clear as well), and never where a redirect leads. One that was refused is not
    tried again in this call, for whatever image. `environ` names proxies and certificate authorities as for kubectl;
    `trace` shows the requests of -v without credentials.

    Raises:
        ConfigError: a file of certificates, a proxy or the time-out cannot be used.
    """
    # Imported here, because --help and the commands that ask no registry must not load urllib3 again.
    from pullsecret.registry.asking import asked  # noqa: PLC0415

    return asked(tuple(dict.fromkeys(queries)), access, environ=environ, trace=trace)
