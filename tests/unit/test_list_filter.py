"""Which entries are for a registry, as `list --registry` has it."""

from __future__ import annotations

import pytest

from pullsecret.errors import UsageError
from pullsecret.model.images.dockerconfig import RegistryEntry
from pullsecret.model.results.list_filter import hosts_of_words, is_for_host

MATCHES = {
    "the same": ("us.icr.io", "us.icr.io", True),
    "another": ("de.icr.io", "us.icr.io", False),
    "with a path": ("us.icr.io/ns", "us.icr.io", True),
    "with a scheme": ("https://us.icr.io/v2/", "us.icr.io", True),
    "a wildcard entry": ("*.icr.io", "us.icr.io", True),
    "a wildcard for fewer labels": ("*.io", "us.icr.io", False),
    "a pattern": ("us.icr.io", "*.icr.io", True),
    "a port": ("reg.example:5000", "reg.example:5000", True),
    "another port": ("reg.example:5000", "reg.example", False),
    "docker hub": ("https://index.docker.io/v1/", "docker.io", True),
    "docker hub, by its index": ("docker.io", "index.docker.io", True),
    "no address": ("%zz", "us.icr.io", False),
}


@pytest.mark.parametrize(("server", "wanted", "matches"), MATCHES.values(), ids=MATCHES)
def test_entry_is_for_a_host_by_the_kubelets_rules_or_a_pattern(server: str, wanted: str, matches: bool) -> None:
    entry = RegistryEntry(server=server, username="me", password="")

    assert is_for_host(entry, wanted) is matches


def test_hosts_are_taken_from_words_without_scheme_and_path() -> None:
    assert hosts_of_words(("https://us.icr.io/v2/", "us.icr.io/ns", "de.icr.io:443")) == ("us.icr.io", "de.icr.io:443")
    with pytest.raises(UsageError):
        hosts_of_words(("%zz",))
