"""Images for a registry: small ones, with nothing in them."""

from __future__ import annotations

import hashlib
import http.client
import json
from urllib.parse import urlsplit

MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"


def push_image(host: str, repository: str, tag: str) -> str:
    """Push an image by plain http to an open registry; returns the manifest's digest."""
    config = json.dumps({"architecture": "amd64", "os": "linux", "config": {"Labels": {"of": repository}}}).encode()
    connection = http.client.HTTPConnection(host)
    try:
        digest = _push_blob(connection, repository, config)
        reference = {"mediaType": "application/vnd.docker.container.image.v1+json", "size": len(config)}
        manifest = {"schemaVersion": 2, "mediaType": MANIFEST, "config": {**reference, "digest": digest}, "layers": []}
        return _sent(connection, "PUT", f"/v2/{repository}/manifests/{tag}", json.dumps(manifest).encode(), MANIFEST)
    finally:
        connection.close()


def _push_blob(connection: http.client.HTTPConnection, repository: str, content: bytes) -> str:
    digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
    place = urlsplit(_sent(connection, "POST", f"/v2/{repository}/blobs/uploads/", header="Location"))
    _sent(connection, "PUT", f"{place.path}?{place.query}&digest={digest}", content)
    return digest


def _sent(
    connection: http.client.HTTPConnection,
    method: str,
    path: str,
    body: bytes = b"",
    media: str = "application/octet-stream",
    header: str = "Docker-Content-Digest",
) -> str:
    connection.request(method, path, body, {"Content-Type": media})
    response = connection.getresponse()
    said = response.read()
    assert response.status < 300, (response.status, said)
    return response.headers.get(header, "")
