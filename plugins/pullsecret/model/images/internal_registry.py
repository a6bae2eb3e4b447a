"""The names of OpenShift's internal registry inside a cluster; those of its routes differ from cluster to cluster."""

from __future__ import annotations

import re
from typing import Final

INTERNAL_REGISTRY: Final = "image-registry.openshift-image-registry.svc:5000"
"""The name that image streams have, unless an administrator has changed it."""

_NAMES = r"(?:image-registry\.openshift-image-registry|docker-registry\.default)\.svc(?:\.cluster\.local)?(?::[0-9]+)?"

INTERNAL_NAMES = re.compile(_NAMES)
"""The names by which it is the internal registry in every cluster."""

INTERNAL_HOSTS = re.compile(rf"{_NAMES}|(?:[0-9]{{1,3}}\.){{3}}[0-9]{{1,3}}:5000")
"""The same, and the addresses of services, which may belong to another registry: for credentials that say more."""
