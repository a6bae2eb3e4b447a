"""A control plane with OpenShift's kinds, and with image streams and builds from a stand-in.

The definitions are OpenShift's own (github.com/openshift/api, pinned in server/go.mod), and the control plane is
Kubernetes' own. `image.openshift.io` and `build.openshift.io` are an aggregated API that the program in server/
serves.
"""

from __future__ import annotations

import json
import os
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Self

import yaml

from control_plane.api import Api, ApiError
from control_plane.build import GoProgram
from control_plane.plane import ControlPlane
from control_plane.process import Process
from control_plane.waiting import until
from objects import named, rule
from owners.programs import downloaded

if TYPE_CHECKING:
    from control_plane.api import Object

SERVER = GoProgram(
    name="openshift-api",
    module=Path(__file__).parent / "server",
    parts="a stand-in for OpenShift's API server",
    minutes=1,
)
MODULE = "github.com/openshift/api"
DEFINITIONS = (
    *(
        f"config/v1/zz_generated.crd-manifests/0000_10_config-operator_01_{name}.crd.yaml"
        for name in ("imagedigestmirrorsets", "imagetagmirrorsets", "images-Default", "infrastructures-Default")
    ),
    "config/v1/zz_generated.crd-manifests/0000_00_cluster-version-operator_01_clusterversions-Default.crd.yaml",
    "operator/v1alpha1/zz_generated.crd-manifests/0000_10_config-operator_01_imagecontentsourcepolicies.crd.yaml",
    "operator/v1/zz_generated.crd-manifests/0000_80_machine-config_01_machineconfigurations-Default.crd.yaml",
    "machineconfiguration/v1/zz_generated.crd-manifests/0000_80_machine-config_01_machineconfigpools.crd.yaml",
    "imageregistry/v1/zz_generated.crd-manifests/00_configs.crd.yaml",
    "route/v1/zz_generated.crd-manifests/routes.crd.yaml",
)
"""Those of a self-managed cluster without feature gates, as installed by default."""

GROUPS = ("image.openshift.io", "build.openshift.io")
NAMESPACES = ("openshift-config", "openshift-image-registry", "openshift-machine-config-operator")
INTERNAL_HOST = "image-registry.openshift-image-registry.svc:5000"
IMAGE_PULLER = "system:image-puller"


def node_credentials_definition() -> Object:
    """The definition of CRIOCredentialProviderConfig, which is later than the pinned version.

    Made up from the fields of OpenShift's (openshift/api at 2a3d739: config/v1).
    """
    images = {"type": "array", "minItems": 1, "maxItems": 50, "items": {"type": "string", "maxLength": 512}}
    spec = {"type": "object", "properties": {"matchImages": images}}
    anything = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    schema = {"type": "object", "properties": {"spec": spec, "status": anything}}
    kind, plural = "CRIOCredentialProviderConfig", "criocredentialproviderconfigs"
    names = {"plural": plural, "singular": kind.lower(), "kind": kind, "listKind": f"{kind}List"}
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    body = named("CustomResourceDefinition", f"{plural}.config.openshift.io", apiVersion="apiextensions.k8s.io/v1")
    group = {"group": "config.openshift.io", "scope": "Cluster", "names": names, "versions": [version]}
    return {**body, "spec": group}


class OpenShift:
    """Runs while the `with` block lasts: `plane`, the administrator's `api`, and what OpenShift has from its first day.

    `environment` is that of the stand-in, which contacts registries: `SSL_CERT_FILE`, `HTTPS_PROXY`.
    """

    def __init__(self, environment: dict[str, str]) -> None:
        self._environment = {**os.environ, **environment}
        self._running = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as starting:
            self.plane = starting.enter_context(ControlPlane())
            self.api = starting.enter_context(Api(self.plane.access))
            self._define()
            starting.callback(self._start_server().stop)
            self._register()
            self._prepare()
            self._running = starting.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._running.close()

    @property
    def kubeconfig(self) -> Path:
        """The administrator's."""
        return self.plane.admin_kubeconfig

    def apply(self, group: str, plural: str, body: Object, *, namespace: str = "") -> Object:
        """Create an object of one of OpenShift's kinds, checked strictly, or replace the one of its name.

        `group` is its `apiVersion`; a `status` is written as well, as the operators do.
        """
        path = path_to(group, plural, namespace)
        body = {"apiVersion": group, **body}
        name = body["metadata"]["name"]
        try:
            made = self.api.request("POST", f"{path}?fieldValidation=Strict", body)
        except ApiError as error:
            if error.reason != "AlreadyExists":
                raise
            version = self.api.request("GET", f"{path}/{name}")["metadata"]["resourceVersion"]
            body = {**body, "metadata": {**body["metadata"], "resourceVersion": version}}
            made = self.api.request("PUT", f"{path}/{name}?fieldValidation=Strict", body)
        if "status" not in body:
            return made
        version = made["metadata"]["resourceVersion"]
        body = {**made, "status": body["status"], "metadata": {**made["metadata"], "resourceVersion": version}}
        return self.api.request("PUT", f"{path}/{name}/status?fieldValidation=Strict", body)

    def remove(self, group: str, plural: str, name: str, *, namespace: str = "") -> None:
        """Delete an object of one of OpenShift's kinds, if it is there."""
        try:
            self.api.request("DELETE", f"{path_to(group, plural, namespace)}/{name}")
        except ApiError as error:
            if error.status != 404:
                raise

    def find(self, group: str, plural: str, name: str, *, namespace: str = "") -> Object | None:
        """Read an object of one of OpenShift's kinds; None if there is none."""
        try:
            return self.api.request("GET", f"{path_to(group, plural, namespace)}/{name}")
        except ApiError as error:
            if error.status != 404:
                raise
            return None

    def _define(self) -> None:
        directory = downloaded(SERVER.module, MODULE)
        definitions = [yaml.safe_load((directory / path).read_text()) for path in DEFINITIONS]
        for definition in (*definitions, node_credentials_definition()):
            self.api.request("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", definition)
        for definition in (*definitions, node_credentials_definition()):
            spec = definition["spec"]
            version = next(each["name"] for each in spec["versions"] if each["served"])
            path = f"/apis/{spec['group']}/{version}/{spec['names']['plural']}"
            until(partial(self._answers, path), path)

    def _start_server(self) -> Process:
        config = self.plane.directory / "openshift-api.json"
        access = self.plane.access
        config.touch(mode=0o600)
        config.write_text(json.dumps({"server": access.server, "ca": str(access.ca), "token": access.token}))
        log = self.plane.directory / "openshift-api.log"
        process = Process([SERVER.built(), config], log, environment=self._environment)
        process.wait_for(lambda: log.read_text().partition("\n")[1], "the stand-in's port")
        self._port = int(log.read_text().partition("\n")[0])
        return process

    def _register(self) -> None:
        """Tell the API server where the groups are: a service outside of the cluster needs no network in it."""
        service = named("Service", "openshift-api")
        self.api.create({**service, "spec": {"type": "ExternalName", "externalName": "127.0.0.1"}}, "default")
        for group in GROUPS:
            body = named("APIService", f"v1.{group}", apiVersion="apiregistration.k8s.io/v1")
            place = {"namespace": "default", "name": "openshift-api", "port": self._port}
            priority = {"groupPriorityMinimum": 9900, "versionPriority": 15}
            spec = {"group": group, "version": "v1", "service": place, "insecureSkipTLSVerify": True, **priority}
            self.api.request("POST", "/apis/apiregistration.k8s.io/v1/apiservices", {**body, "spec": spec})
        paths = ("/apis/image.openshift.io/v1/imagestreams", "/apis/build.openshift.io/v1/buildconfigs")
        for path in paths:
            until(partial(self._answers, path), path)

    def _prepare(self) -> None:
        """Create what OpenShift has from its first day."""
        for namespace in NAMESPACES:
            self.api.create(named("Namespace", namespace))
        pulling = rule("get", "imagestreams/layers")
        role = {**named("ClusterRole", IMAGE_PULLER), "rules": [{**pulling, "apiGroups": ["", "image.openshift.io"]}]}
        self.api.create(role)
        self.apply(
            "config.openshift.io/v1",
            "images",
            {**named("Image", "cluster"), "spec": {}, "status": {"internalRegistryHostname": INTERNAL_HOST}},
        )

    def _answers(self, path: str) -> bool:
        try:
            return "items" in self.api.request("GET", path)
        except ApiError:
            return False


def path_to(group: str, plural: str, namespace: str) -> str:
    """The path of a collection."""
    place = f"namespaces/{namespace}/" if namespace else ""
    return f"/apis/{group}/{place}{plural}"
