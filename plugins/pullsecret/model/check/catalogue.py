"""The codes of all findings, for `--explain` and docs/reference/check-codes.md: severity, meaning, what to do.

A code is never given another meaning, nor used again.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class Severity(Enum):
    """An error stops pulls, a warning may, an info is worth knowing."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    def counted(self, number: int) -> str:
        """So many of them, in words: `2 warnings`."""
        return f"{number} {self.value}" + ("" if number == 1 or self is Severity.INFO else "s")


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What a code means: a title of a few words, and an explanation of a few sentences."""

    code: str
    severity: Severity
    title: str
    explanation: str


_WORDS = {"E": Severity.ERROR, "W": Severity.WARNING, "I": Severity.INFO}

_TABLE = """
PS101 E The kubelet cannot read the secret
  One entry that it cannot decode is enough: the kubelet refuses the whole secret, and with it every image of every pod
  that names the secret, public images too. The reason stands in its own words. The API server checks only that the
  data is JSON. Give the login anew.
PS102 W No registry in the secret
  The data is valid, but holds no entry under "auths", so the kubelet pulls without a credential. It comes from a docker
  login whose passwords are with a credential helper, or from an old .dockercfg under the new type.
PS103 E An entry without user name and password
  The kubelet takes the empty entry for a login: it sends an empty user name and password, and does not try without a
  credential any more, so even public images of that registry fail. It knows no identity token and no credential helper.
PS104 W Half a login
  There is a user name without a password, or a password without a user name; nearly every registry refuses that.
PS105 W `auth` and the fields beside it say different things
  An entry holds user name and password twice, once in `auth`. The kubelet reads `auth` and forgets the others: somebody
  who changed only `password` changed nothing.
PS106 W A registry stands in the file twice
  Of two entries with the same key the last one counts. The first is there for nothing, or was meant for another host.
PS201 E A key that the kubelet cannot parse
  The kubelet reads a key as a URL. With white space, control characters or a wildcard for the port it drops the entry;
  only the node's log says so.
PS202 E A key with a scheme that is none
  Only `https://` and `http://`, in lower case, may stand before the host. All else is taken for a part of the name.
PS203 E `/v1` or `/v2` without a slash at its end
  The kubelet cuts `/v1/` and `/v2/`. Without the last slash they are a path, which an image's name would have to begin
  with.
PS204 W The default port in the key
  Ports are compared as text: a key with `:443` serves only images that are written with `:443`.
PS205 E Capital letters in the host
  Keys are compared letter by letter: `US.icr.io` does not serve `us.icr.io/...`.
PS206 E A name of Docker Hub that no image has
  Images of Docker Hub are looked up as `docker.io/...`, and then as `index.docker.io`. The names of its web page and of
  its servers serve no such image.
PS207 E A wildcard where there is none
  `*` stands for a part of one label of the host, nowhere else: not in a path, not for several labels. `?` begins a
  query, and brackets an IPv6 address.
PS208 E A key that no image's name can begin with
  A key is compared with an image's name, without its tag and digest. A host without dot and port is no host there, a
  path has no capital letters, and nothing ends in a dot.
PS209 W A wildcard for IBM's registries
  `*.icr.io` serves neither `icr.io` nor any `private.` name, which has more labels. It does serve `cp.icr.io`, and so
  sends an API key to the entitled registry. Name the hosts.
PS210 E No host of IBM Cloud Container Registry
  The registry's hosts begin with a short name (`us.icr.io`), not with the region's (`us-south.icr.io`).
PS301 W A user name that does not fit IBM Cloud Container Registry
  An API key goes with `iamapikey`, or with a trusted profile's ID (`Profile-...`). `cp` and `ekey` are for entitlement
  keys, and the registry tokens of user name `token` ended in August 2021.
PS302 W A user name that does not fit the entitled registry
  An entitlement key goes with `cp`. `ekey` logs in but cannot pull; an API key with `iamapikey` is refused.
PS303 W A login that ends with a session
  `iambearer` goes with an access token, which lives an hour, and `iamrefresh` with the token that `ibmcloud cr login`
  leaves. In a secret both stop working. Use an API key.
PS304 W A password that does not look like an API key
  API keys of IBM Cloud have 44 letters, digits, `_` or `-`. A shorter one is not complete, a longer one has something
  attached (`Cg==` is a line end in base64), and a token with dots is another kind of key.
PS305 W A password that does not look like an entitlement key
  Entitlement keys are JSON web tokens: they begin with `eyJ` and have three parts between dots.
PS306 W White space in a user name or password
  It is sent as it stands, and the registry answers 401. Mostly it is the line end of a file or of `echo`. (The JSON key
  of a Google service account may hold line ends.)
PS307 W A placeholder for a password
  The password is the name of a variable, a word in pointed brackets, or `null`: a script wrote it before it had
  a value.
PS401 E An expired token
  The password is a token whose own date of expiry is past, or one of a cloud provider that was written longer ago than
  such tokens live. Whatever renews it does not, or there is nothing that does.
PS402 W A token that expires soon
  Its own date of expiry is less than seven days away. Tokens that never live longer than two days are not told: they
  are renewed all the time.
PS403 W A short-lived token
  Registries of Amazon, Google and Microsoft hand out tokens that live for hours. The secret just made works that long;
  use the provider's own credential helper on the nodes, or something that renews it. Only said when a secret is made.
PS404 E A retired registry
  The registry.*.bluemix.net hosts are gone. Images are at `icr.io` hosts, under the same names behind the host; pods
  must name them there, and API keys replace the tokens.
PS405 W A secret of the retired registry tokens
  IBM Cloud put `bluemix-default-secret` and its regional and international siblings into clusters before API keys.
  Their tokens work nowhere any more.
PS501 E Named as a pull secret, but of another type
  The kubelet reads only kubernetes.io/dockerconfigjson and kubernetes.io/dockercfg; it passes over every other type
  without a word. A type cannot be changed: the secret must be made anew.
PS502 W A service account names a secret that is not there
  Pods get the name with the list and pull without that credential; an event says so, which is easy to miss.
PS503 I A service account names a secret twice
  Nothing breaks, but some controllers stumble over it, and patches made by hand remove only one.
PS504 W A copy that differs from its source
  The source was changed or made anew since it was copied. Images that are on a node already hide that for a while.
PS505 I The source of a copy is gone
  Nothing can bring this copy up to date any more. Copy from where the secret is now, or make it here.
PS506 I A service account names two secrets with the same content
  One of them is enough. If the credential is wrong, every pull tries it twice.
PS507 I all-icr-io lacks registries
  IBM Cloud writes all hosts into the secret that it makes, but those of newer regions are missing in older clusters
  until `ibmcloud ks cluster pull-secret apply` is run. That changes the API key, so all copies must be made anew then.
PS508 W Only the public name of a registry
  Where the account allows private access only, public names are refused. The key must be for the `private.` name, and
  so must the pods' images. Only said with --private.
PS601 W Running pods name a secret that is gone
  Nothing happens until a container is started again. From Kubernetes 1.35 the kubelet then asks whether the pod may use
  the image on the node, and the restart fails (KubeletEnsureSecretPulledImages); before, it fails on another node.
PS602 W Running pods name a secret that the kubelet cannot read
  As PS601: the pods run, but the next start of a container needs the secret.
"""


def _rules(table: str) -> Mapping[str, Rule]:
    """The table's rules: a line with code, severity and title, then indented lines of explanation."""
    found: dict[str, Rule] = {}
    for entry in table.strip().split("\nPS"):
        head, _, text = entry.removeprefix("PS").partition("\n")
        number, letter, title = head.split(" ", 2)
        explanation = " ".join(line.strip() for line in text.splitlines())
        found[f"PS{number}"] = Rule(code=f"PS{number}", severity=_WORDS[letter], title=title, explanation=explanation)
    return found


CODES = _rules(_TABLE)
"""Every code with its rule, in order."""
