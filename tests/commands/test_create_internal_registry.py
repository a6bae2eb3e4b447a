"""Flags of `create --internal-registry` that do not go together: one line each, before anything is contacted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from program import Program

pytestmark = pytest.mark.source

REFUSED = {
    "--from=shop": "--from requires --internal-registry",
    "--from-context=prod": "--from-context requires --internal-registry",
    "--token-serviceaccount=sa": "--token-serviceaccount requires --internal-registry",
    "--expires-in=90d": "--expires-in requires --service-id or --internal-registry",
}
"""Without --internal-registry."""

TOGETHER = "--internal-registry cannot be used together with "
EXCLUDED = {
    "--registry=a.example": f"{TOGETHER}--registry or --icr",
    "--icr=us": f"{TOGETHER}--registry or --icr",
    "--username=puller": f"{TOGETHER}--username",
    "--password-stdin": f"{TOGETHER}a password flag",
    "--docker-password=x": f"{TOGETHER}a password flag",
    "--email=a@example.com": f"{TOGETHER}--email",
    "--from-docker-config": f"{TOGETHER}--from-docker-config",
    "--from-file=x": f"{TOGETHER}--from-file",
    "--code-engine-project=shop": f"{TOGETHER}--code-engine-project",
    "--ibmcloud-private": f"{TOGETHER}--ibmcloud-api-key-file or --ibmcloud-private",
    "--add": f"{TOGETHER}--add",
    "--remove-registry=a.example": f"{TOGETHER}--remove-registry",
    "--append-hash": f"{TOGETHER}--append-hash",
    "--verify": f"{TOGETHER}--verify",
    "--image=a.example/b": f"{TOGETHER}--verify",
    "--diff": f"{TOGETHER}--diff",
    "--all-contexts": "--internal-registry creates a token for one cluster",
    "--dry-run=client -o=yaml": "--internal-registry has no manifest to print",
    "--from-context=prod": "--from-context requires --from with --internal-registry",
    "--from=Shop": "invalid --from 'Shop': a lowercase RFC 1123 label",
    "--from=a/b": "invalid --from 'a/b': a lowercase RFC 1123 label",
    "--token-serviceaccount=a/b": "invalid --token-serviceaccount 'a/b': a lowercase RFC 1123 subdomain",
    "--expires-in=5m": "--expires-in must be 10m or more, not 5m",
    "--expires-in=99999d": "--expires-in must be 49710d or less with --internal-registry",
    "--expires-in=soon": 'invalid argument "soon" for "--expires-in" flag',
}


@pytest.mark.parametrize(("flag", "said"), REFUSED.items())
def test_flag_without_internal_registry_is_refused(offline: Program, flag: str, said: str) -> None:
    refused = offline("create", "x", flag, expect=1)

    assert refused.stderr.splitlines()[0] == f"error: {said}"


@pytest.mark.parametrize(("flags", "said"), EXCLUDED.items())
def test_flag_that_does_not_go_with_internal_registry_is_refused(offline: Program, flags: str, said: str) -> None:
    status = 2 if flags == "--diff" else 1

    refused = offline("create", "x", "--internal-registry", *flags.split(), expect=status)

    assert refused.stderr.splitlines()[0].startswith(f"error: {said}")
    assert len(refused.stderr.splitlines()) <= 2


def test_service_id_and_internal_registry_are_refused(offline: Program) -> None:
    refused = offline("create", "x", "--internal-registry", "--service-id=x", expect=1)

    assert refused.stderr.startswith(f"error: {TOGETHER}--service-id\n")
