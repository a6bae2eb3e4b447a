"""All fuzzers, by name."""

from __future__ import annotations

from fuzz import (
    command_lines,
    docker_configs,
    http_responses,
    image_references,
    kubeconfigs,
    manifests,
    programs,
    token_servers,
)

FUZZERS = {
    module.FUZZER.name: module.FUZZER
    for module in (
        http_responses,
        token_servers,
        docker_configs,
        kubeconfigs,
        image_references,
        command_lines,
        programs,
        manifests,
    )
}
