"""A source and everything that may hold its credential: copies, their copies, and secrets of others."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from objects import copy_marks, docker_config_of, docker_config_secret, encoded, made_up_password, registry_entry

if TYPE_CHECKING:
    from control_plane.api import Api, Object
    from namespaces import Namespaces
    from program import Program, Result

HOST, OTHER_HOST = "reg.example", "other.example"
USERNAME = "robot$ci"
HELM = {
    "labels": {"app.kubernetes.io/managed-by": "Helm"},
    "annotations": {"meta.helm.sh/release-name": "app", "meta.helm.sh/release-namespace": "x"},
}


@dataclass(frozen=True, kw_only=True)
class Rotated:
    """The scene: its label, the source's namespace, the teams, and the two passwords."""

    api: Api
    program: Program
    label: str
    home: str
    teams: tuple[str, ...]
    old: str
    new: str

    def rotate(self, *flags: str, expect: int | None = 0, password: str = "", targets: tuple[str, ...] = ()) -> Result:
        """Rotate `icr` to the new password, or another one, in all namespaces of the scene."""
        where = targets or ("-l", f"scene={self.label}", "--yes")
        source: tuple[str, ...] = (
            () if {"--undo", "--status", "--finish"} & set(flags) else ("--password-env=NEW", "--verify=off")
        )
        words = ("rotate", "icr", "--from", self.home, f"--registry={HOST}", *where, *source, *flags)
        return self.program(*words, env={"NEW": password or self.new}, expect=expect)

    def secret(self, namespace: str, name: str = "icr") -> Object:
        """A secret as it is now."""
        return self.api.read("Secret", name, namespace)

    def held(self, namespace: str, name: str = "icr", host: str = HOST) -> str:
        """Which password a secret has for a host: "old", "new", or "other"."""
        entry = docker_config_of(self.secret(namespace, name))["auths"][host]
        password = base64.b64decode(entry["auth"]).decode().partition(":")[2]
        assert entry.get("password", password) == password
        return {self.old: "old", self.new: "new"}.get(password, "other")

    def held_everywhere(self) -> dict[str, str]:
        """The same for `icr` in every namespace of the scene, by its place: `home`, `0`, `1`, ..."""
        places = {"home": self.home, **{str(number): name for number, name in enumerate(self.teams)}}
        return {place: self.held(namespace) for place, namespace in places.items()}

    def shown(self, text: str) -> str:
        """Output with the names of namespaces as a reader has them; no password may be in it."""
        for password in (self.old, self.new):
            assert password not in text
            assert encoded(f"{USERNAME}:{password}") not in text
        for number, name in enumerate(self.teams):
            text = text.replace(name, f"team-{number}")
        return text.replace(self.home, "home").replace(self.label, "LABEL")


def set_up(api: Api, program: Program, namespaces: Namespaces, teams: int) -> Rotated:
    """A source with two registries, and a copy of it in each team."""
    probe = namespaces(1)[0]
    label = probe[-6:]
    home, *names = namespaces(teams + 1, labels={"scene": label})
    scene = Rotated(
        api=api,
        program=program,
        label=label,
        home=home,
        teams=tuple(names),
        old=made_up_password(),
        new=made_up_password(),
    )
    entries = {HOST: registry_entry(USERNAME, scene.old), "third.example": registry_entry("else")}
    api.create(docker_config_secret("icr", entries), home)
    if names:
        program("copy", "icr", "--from", home, "-n", ",".join(names))
    return scene


def add_holders(scene: Rotated) -> None:
    """Secrets of others that hold the old credential, in the namespaces of the teams."""
    entry = registry_entry(USERNAME, scene.old)
    source_uid = scene.secret(scene.home)["metadata"]["uid"]
    first, second = scene.teams[0], scene.teams[1]
    scene.program("copy", "icr", "--from", first, "-n", second, "--name", "again")
    forged = copy_marks(f"{scene.home}/icr", "guessed", f"{first}/forged")
    owned = copy_marks(f"{scene.home}/icr", source_uid, f"{first}/owned")
    owned = {key: {**owned[key], **HELM[key]} for key in owned}
    fixed = copy_marks(f"{scene.home}/icr", source_uid, f"{second}/fixed")
    for name, namespace, host, marks in (
        ("forged", first, HOST, forged),
        ("owned", first, HOST, owned),
        ("by-hand", second, HOST, {}),
        ("stolen", second, "evil.example", {}),
        ("fixed", second, HOST, fixed),
    ):
        secret = docker_config_secret(name, {host: entry, OTHER_HOST: registry_entry()}, **marks)
        scene.api.create({**secret, **({"immutable": True} if name == "fixed" else {})}, namespace)
    argo = {"argocd.argoproj.io/secret-type": "repository"}
    for name, labels in (("repo", argo), ("pipeline", {})):
        content = (
            {"password": encoded(scene.old)} if labels else {"config": encoded(json.dumps({"auth": entry["auth"]}))}
        )
        body = {"kind": "Secret", "metadata": {"name": name, "labels": labels}, "type": "Opaque", "data": content}
        scene.api.create(body, first)
