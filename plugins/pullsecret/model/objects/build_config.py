"""OpenShift's build configs: where they name secrets. A build has a copy of that, made when it begins.

Sources: openshift/api, build/v1/types.go; which strategies have a pull secret: oc, pkg/cli/set/buildsecret.go.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final

from pullsecret.model.objects.objects import Object, mapping_at, mappings_at, merged, nested, text_at

if TYPE_CHECKING:
    from collections.abc import Iterator

BUILDER: Final = "builder"
"""The service account of builds that name none; OpenShift creates it in each project."""

PUSH_SECRET: Final = ("spec", "output", "pushSecret")
_STRATEGIES: Final = ("dockerStrategy", "sourceStrategy", "customStrategy")
PULL_SECRETS: Final = tuple(("spec", "strategy", strategy, "pullSecret") for strategy in _STRATEGIES)
"""A build config has one strategy; with `jenkinsPipelineStrategy`, Jenkins builds, and has its own credentials."""

_HOOKS: Final = ("github", "generic", "gitlab", "bitbucket")


class BuildUse(Enum):
    """What a build uses a secret for, in the words of `oc set build-secret`."""

    PUSH = "push"
    PULL = "pull"


def secret_path(build: Object, use: BuildUse) -> tuple[str, ...]:
    """Where a build config names its secret for this use; empty for one whose strategy has none."""
    strategies = mapping_at(build, "spec", "strategy")
    path = next((path for path in PULL_SECRETS if isinstance(strategies.get(path[2]), dict)), ())
    return path if use is BuildUse.PULL or not path else PUSH_SECRET


def build_secret(build: Object, use: BuildUse) -> str:
    """The secret that a build config names for this use; "" for none."""
    path = secret_path(build, use)
    return text_at(build, *path, "name") if path else ""


def with_build_secret(build: Object, use: BuildUse, name: str) -> Object:
    """The build config with this secret for this use, with "" none; its strategy must have one."""
    return merged(build, nested(secret_path(build, use), {"name": name} if name else None))


def account_of_builds(build: Object) -> str:
    """The service account of a build config's builds."""
    return text_at(build, "spec", "serviceAccount") or BUILDER


def secrets_of_builds(build: Object) -> tuple[str, ...]:
    """The names of all secrets that a build config uses, each once."""
    return tuple(name for name in dict.fromkeys(_names_in(build)) if name)


def _names_in(build: Object) -> Iterator[str]:
    yield from (build_secret(build, use) for use in BuildUse)
    source, strategies = mapping_at(build, "spec", "source"), mapping_at(build, "spec", "strategy")
    yield text_at(source, "sourceSecret", "name")
    yield from (text_at(image, "pullSecret", "name") for image in mappings_at(source, "images"))
    yield from (text_at(entry, "secret", "name") for entry in mappings_at(source, "secrets"))
    for strategy in (mapping_at(strategies, name) for name in strategies):
        yield from (text_at(entry, "secretSource", "name") for entry in mappings_at(strategy, "secrets"))
        yield from (text_at(volume, "source", "secret", "secretName") for volume in mappings_at(strategy, "volumes"))
        variables = (*mappings_at(strategy, "env"), *mappings_at(strategy, "buildArgs"))
        yield from (text_at(variable, "valueFrom", "secretKeyRef", "name") for variable in variables)
    for trigger in mappings_at(build, "spec", "triggers"):
        yield from (text_at(trigger, hook, "secretReference", "name") for hook in _HOOKS)
