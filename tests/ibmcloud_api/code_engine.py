"""Code Engine v2: projects, their secrets, and the apps, jobs, functions and builds that name them.

Source of the fields: ibm-code-engine-sdk 6.0.6, code_engine_v2.py and its unit tests.
"""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ibmcloud_api.documents import RefusalError, only, page_with_links
from registry.fake_server import Reply

if TYPE_CHECKING:
    from ibmcloud_api.documents import Document
    from ibmcloud_api.identity import Identity
    from registry.fake_server import Received

MOST_SECRETS = 100
USERS = ("apps", "jobs", "functions", "builds")
_NAME = re.compile(r"[a-z0-9]([-a-z0-9.]*[a-z0-9])?")


@dataclass(kw_only=True)
class Project:
    """One project: its document, secrets by name, and what names them, by kind."""

    document: Document
    secrets: dict[str, Document] = field(default_factory=dict)
    users: dict[str, list[Document]] = field(default_factory=lambda: {kind: [] for kind in USERS})

    def data(self, name: str) -> Document:
        """The data of a secret."""
        found = self.secrets[name]["data"]
        assert isinstance(found, dict)
        return found


class CodeEngine:
    """The projects of the account. `lists_data`: a list of secrets has their data, as that of one secret does."""

    def __init__(self, identity: Identity) -> None:
        self._identity, self.lists_data = identity, True
        self.projects: dict[str, Project] = {}

    def new_project(self, name: str, region: str = "us-south") -> Project:
        """Create a project, with the registry secret that Code Engine manages itself."""
        number = f"{secrets.token_hex(4)}-{secrets.token_hex(2)}-{secrets.token_hex(6)}"
        document: Document = {
            "account_id": self._identity.account,
            "created_at": _now(),
            "crn": f"crn:v1:bluemix:public:codeengine:{region}:a/{self._identity.account}:{number}::",
            "href": f"https://api.{region}.codeengine.cloud.ibm.com/v2/projects/{number}",
            "id": number,
            "name": name,
            "region": region,
            "resource_group_id": secrets.token_hex(16),
            "resource_type": "project_v2",
            "status": "active",
        }
        project = Project(document=document)
        self.projects[number] = project
        key = secrets.token_urlsafe(33)
        managed: Document = {"username": "iamapikey", "password": key, "server": "private.us.icr.io"}
        self.add_secret(project, f"ce-auto-icr-private-{region}", managed, generated_by="system")
        return project

    def add_secret(
        self, project: Project, name: str, data: Document, *, kind: str = "registry", generated_by: str = "user"
    ) -> Document:
        """Create a secret in a project."""
        if name in project.secrets:
            raise RefusalError(409, f"A secret with the name '{name}' already exists.", "resource_already_exists")
        if len(name) > 253 or not _NAME.fullmatch(name):
            raise RefusalError(400, f"The name '{name}' is invalid.", "invalid_format")
        if len(project.secrets) >= MOST_SECRETS:
            raise RefusalError(400, "The project has reached its limit of secrets.", "limit_exceeded")
        document: Document = {
            "created_at": _now(),
            "data": data,
            "entity_tag": _tag(),
            "format": kind,
            "generated_by": generated_by,
            "href": f"{project.document['href']}/secrets/{name}",
            "id": secrets.token_hex(12),
            "name": name,
            "project_id": project.document["id"],
            "region": project.document["region"],
            "resource_type": f"secret_{kind}_v2",
        }
        project.secrets[name] = document
        return document

    def answer(self, received: Received, url: str) -> Reply | None:
        """The answer to a request; None if it is for another service."""
        parts = received.path.strip("/").split("/")
        if parts[:1] != ["projects"]:
            return None
        self._identity.caller(received)
        if len(parts) == 1:
            found = [one.document for one in self.projects.values()]
            return Reply(content=page_with_links(found, received, url, "projects"))
        project = self.projects.get(parts[1])
        if project is None:
            raise RefusalError(404, f"Project {parts[1]} not found.", "project_not_found")
        if parts[2] in USERS:
            return Reply(content=page_with_links(project.users[parts[2]], received, url, parts[2]))
        return self._answer_secrets(project, received, parts[3:], url)

    def _answer_secrets(self, project: Project, received: Received, rest: list[str], url: str) -> Reply:
        if not rest and received.method == "GET":
            kind = only(received, "format")
            found = [one for one in project.secrets.values() if kind in {"", one["format"]}]
            if not self.lists_data:
                found = [{name: value for name, value in one.items() if name != "data"} for one in found]
            return Reply(content=page_with_links(found, received, url, "secrets"))
        if not rest:
            asked = json.loads(received.body)
            made = self.add_secret(project, asked["name"], asked["data"], kind=asked["format"])
            return Reply(status=201, headers=(("ETag", str(made["entity_tag"])),), content=made)
        document = project.secrets.get(rest[0])
        if document is None:
            raise RefusalError(404, f"Secret '{rest[0]}' not found.", "resource_not_found")
        if received.method == "GET":
            return Reply(headers=(("ETag", str(document["entity_tag"])),), content=document)
        if received.method == "DELETE":
            del project.secrets[rest[0]]
            return Reply(status=202)
        self._replace(document, received)
        return Reply(headers=(("ETag", str(document["entity_tag"])),), content=document)

    def _replace(self, document: Document, received: Received) -> None:
        if received.headers.get("If-Match") not in {"*", document["entity_tag"]}:
            raise RefusalError(412, "The entity tag does not match.", "precondition_failed")
        asked = json.loads(received.body)
        if asked["format"] != document["format"]:
            raise RefusalError(400, "The format cannot be changed.", "invalid_format")
        document |= {"data": asked["data"], "entity_tag": _tag()}


def _tag() -> str:
    return f"1-{secrets.token_hex(16)}"


def _now() -> str:
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
