"""What importing the cluster package loads, and what it leaves unchanged."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PLUGINS = Path(__file__).parent.parent.parent.parent / "plugins"


def run(*lines: str) -> str:
    """The output of a new Python that can import the product."""
    code = "\n".join(("import sys", f"sys.path.insert(0, {str(PLUGINS)!r})", *lines))
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout


def test_package_alone_loads_no_client() -> None:
    found = run(
        "import pullsecret.cluster",
        "print([name for name in ('yaml', 'ssl', 'urllib3', 'kubernetes', 'subprocess') if name in sys.modules])",
    )

    assert found == "[]\n"


def test_pool_loads_little_of_the_client() -> None:
    found = run(
        "import pullsecret.cluster.http.client_pool",
        "heavy = ('pydantic', 'aiohttp', 'requests', 'kubernetes.client.api_client', 'kubernetes.config', 'dateutil',",
        "         'importlib.metadata', 'kubernetes.utils.quantity', 'decimal')",
        "print([name for name in heavy if name in sys.modules])",
    )

    assert found == "[]\n"


def test_rest_of_the_client_still_imports() -> None:
    found = run(
        "import pullsecret.cluster.http.client_pool",
        "import kubernetes.dynamic, kubernetes.watch, kubernetes.config",
        "from kubernetes.client import ApiClient, CoreV1Api",
        "import kubernetes",
        "print(CoreV1Api(ApiClient()).api_client is not None, kubernetes.config.kube_config.__name__)",
    )

    assert found == "True kubernetes.config.kube_config\n"


def test_client_that_is_already_loaded_is_unchanged() -> None:
    assert run(
        "import kubernetes", "import pullsecret.cluster.http.client_pool", "print(hasattr(kubernetes, 'watch'))"
    ) == ("True\n")
