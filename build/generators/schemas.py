"""The JSON schemas of the documents that -o json and -o yaml print, and their tables in the reference, from one table.

A field is required unless it says otherwise: a program can read it without asking whether it is there.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from pullsecret.model.can_pull.answer import CanPull, Reason
from pullsecret.model.check.rule import Severity
from pullsecret.model.doctor.causes import CauseCode
from pullsecret.model.images.verdict import Result
from pullsecret.model.objects.sources import SourceStanding
from pullsecret.model.plan.credential_holders import Standing
from pullsecret.model.plan.rotation_status import Held
from pullsecret.model.request.command_request import DryRun
from pullsecret.model.results.copy_standing import CopyStanding
from pullsecret.model.results.project_list import CODE_ENGINE
from pullsecret.report.change_list import RESULTS
from pullsecret.report.doctor import RECOVERIES
from pullsecret.report.documents import API_VERSION

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FOLDER = "docs/reference/schemas"

Schema: TypeAlias = "Mapping[str, Any]"

TEXT: Schema = {"type": "string"}
YES_OR_NO: Schema = {"type": "boolean"}
NUMBER: Schema = {"type": "integer", "minimum": 0}
TIME: Schema = {"type": "string", "format": "date-time"}
TEXTS: Schema = {"type": "array", "items": TEXT}


def one_of(words: Iterable[str]) -> Schema:
    """A text that is one of these."""
    return {"type": "string", "enum": sorted(set(words))}


@dataclass(frozen=True, kw_only=True)
class Field:
    """A field: its name, its schema, and what it means."""

    name: str
    schema: Schema
    meaning: str


def of(fields: Iterable[Field]) -> Schema:
    """The schema of an object that has all these fields."""
    found = tuple(fields)
    properties = {field.name: {**field.schema, "description": field.meaning} for field in found}
    return {"type": "object", "required": [field.name for field in found], "properties": properties}


def list_of(*fields: Field) -> Schema:
    """The schema of a list of such objects."""
    return {"type": "array", "items": of(fields)}


@dataclass(frozen=True, kw_only=True)
class Document:
    """A kind of document: who prints it, the fields of its items, and what stands beside the items."""

    kind: str
    meaning: str
    item: tuple[Field, ...]
    beside: tuple[Field, ...]


CONTEXT = Field(name="context", schema=TEXT, meaning="kubeconfig context; empty in a pod, and for a file")
NAMESPACE = Field(name="namespace", schema=TEXT, meaning="namespace; empty for a file")
ERRORS = Field(
    name="errors",
    schema=list_of(CONTEXT, Field(name="message", schema=TEXT, meaning="what could not be looked at, and why")),
    meaning="what could not be looked at: `context` and `message`; empty if all was read",
)

CHANGE_LIST = Document(
    kind="ChangeList",
    meaning="Commands that write: `copy`, `create`, `attach`, `detach`, `delete`, `entitled`, `rotate`, `sync`, "
    "`allow-pull`",
    item=(
        CONTEXT,
        Field(name="namespace", schema=TEXT, meaning="namespace; of a Namespace, its own name"),
        Field(name="kind", schema=TEXT, meaning="kind of the object, such as `Secret` or `Deployment`"),
        Field(name="name", schema=TEXT, meaning="name of the object"),
        Field(
            name="result",
            schema=one_of(RESULTS.values()),
            meaning="what became of it; in a dry run, what would become of it",
        ),
        Field(name="message", schema=TEXT, meaning="why it failed, was skipped, or is unknown; otherwise empty"),
    ),
    beside=(
        Field(name="dryRun", schema=one_of(mode.value for mode in DryRun), meaning="`none` if it was written"),
        Field(
            name="summary",
            schema=of(
                Field(name=name, schema=NUMBER, meaning=meaning)
                for name, meaning in (
                    ("namespaces", "how many namespaces have items"),
                    *((word, f"how many items are `{word}`") for word in RESULTS.values()),
                )
            ),
            meaning="`namespaces`, and the number of items by `result`",
        ),
        ERRORS,
    ),
)

PULL_SECRET = (
    CONTEXT,
    NAMESPACE,
    Field(name="name", schema=TEXT, meaning="name of the secret"),
    Field(name="created", schema=TIME, meaning="when it was created"),
    Field(name="type", schema=TEXT, meaning="type of the secret"),
    Field(
        name="registries",
        schema=list_of(
            Field(name="server", schema=TEXT, meaning="registry key"),
            Field(name="username", schema=TEXT, meaning="username of the entry"),
        ),
        meaning="the entries: `server` and `username`",
    ),
    Field(name="malformed", schema=TEXT, meaning="why the kubelet cannot parse it; empty if it can"),
    Field(name="serviceAccounts", schema=TEXTS, meaning="names of the service accounts that list the secret"),
    Field(name="copiedFrom", schema=TEXT, meaning="`NAMESPACE/NAME` of a copy's source; empty if it is not a copy"),
    Field(name="managed", schema=YES_OR_NO, meaning="whether kubectl-pullsecret manages it"),
    Field(
        name="owner",
        schema=TEXT,
        meaning="the party that writes it, such as `Helm release app`; empty if there is none",
    ),
    Field(
        name="expires",
        schema=TEXT,
        meaning="when its first credential expires, in RFC 3339, as far as they or their kind tell; otherwise empty",
    ),
    Field(name="role", schema=TEXT, meaning="what a secret is for that keeps another one's data; otherwise empty"),
)

GRANT = (
    Field(name="namespace", schema=TEXT, meaning="project of the images, and of the RoleBinding"),
    Field(name="roleBinding", schema=TEXT, meaning="name of the RoleBinding"),
    Field(name="project", schema=TEXT, meaning="project whose service accounts may pull them"),
    Field(name="serviceAccounts", schema=TEXTS, meaning="their names; empty for all of the project"),
    Field(name="created", schema=TIME, meaning="when it was created"),
)

PULL_SECRET_LIST = Document(
    kind="PullSecretList",
    meaning="`list`",
    item=PULL_SECRET,
    beside=(
        Field(
            name="imageGrants",
            schema=list_of(CONTEXT, *GRANT),
            meaning="what `allow-pull` allows, of images or to service accounts in the namespaces; empty with a NAME "
            "or a filter",
        ),
        ERRORS,
    ),
)

ROTATION_STATUS = Document(
    kind="RotationStatus",
    meaning="`rotate --status`",
    item=(
        CONTEXT,
        NAMESPACE,
        Field(name="name", schema=TEXT, meaning="name of the secret"),
        Field(
            name="holds",
            schema={"type": "array", "items": one_of(word for held in Held for word in held.value.split(","))},
            meaning="the credentials that it holds: `old`, `new`, or `other` for a copy with neither",
        ),
        Field(
            name="standing",
            schema=one_of(item.value for item in Standing),
            meaning="what the secret is to the rotation",
        ),
        Field(name="message", schema=TEXT, meaning="the same as the table has it"),
    ),
    beside=(ERRORS,),
)

FINDING = (
    CONTEXT,
    NAMESPACE,
    Field(name="code", schema={"type": "string", "pattern": "^PS[0-9]{3}$"}, meaning="code, such as `PS203`"),
    Field(name="severity", schema=one_of(item.value for item in Severity), meaning="severity of the code"),
    Field(
        name="subject",
        schema=TEXT,
        meaning="where it is: `secret/NAME`, `serviceaccount/NAME`, the owner of pods, or a file",
    ),
    Field(name="file", schema=TEXT, meaning="the manifest that it is in; empty for a cluster and for standard input"),
    Field(name="line", schema={"type": "integer", "minimum": 0}, meaning="the line of the manifest; 0 for a cluster"),
    Field(name="secret", schema=TEXT, meaning="name of the secret that it is about; empty for none"),
    Field(name="registries", schema=TEXTS, meaning="the registry keys concerned"),
    Field(name="message", schema=TEXT, meaning="the finding"),
    Field(name="command", schema=TEXT, meaning="the command that fixes it; empty where none can"),
    Field(name="advice", schema=TEXT, meaning="what to do where no command can; otherwise empty"),
)

FINDING_LIST = Document(kind="FindingList", meaning="`check`", item=FINDING, beside=(ERRORS,))

PULL_SECRET_DETAIL_LIST = Document(
    kind="PullSecretDetailList",
    meaning="`describe`",
    item=(
        *(field for field in PULL_SECRET if field.name != "registries"),
        Field(
            name="registries",
            schema=list_of(
                Field(name="server", schema=TEXT, meaning="registry key"),
                Field(name="username", schema=TEXT, meaning="username; `<hidden>` for one that is a credential"),
                Field(name="credential", schema=TEXT, meaning="the kind of credential, as far as its shape tells"),
                Field(name="validity", schema=TEXT, meaning="how long credentials of this kind are valid, in words"),
                Field(name="expires", schema=TEXT, meaning="when it expires, in RFC 3339; empty if that is not known"),
                Field(
                    name="required",
                    schema=YES_OR_NO,
                    meaning="whether OpenShift needs it in the global pull secret",
                ),
            ),
            meaning="the entries: `server`, `username`, `credential`, `validity`, `expires` and `required`",
        ),
        Field(name="written", schema=TEXT, meaning="when the data was last written; empty if that is not known"),
        Field(name="immutable", schema=YES_OR_NO, meaning="whether the data cannot change"),
        Field(
            name="copyState",
            schema=one_of(("", *(state.value for state in CopyStanding))),
            meaning="what it is to its source; empty if it is not a copy",
        ),
        Field(name="ownerAdvice", schema=TEXT, meaning="what the owner does to a write, and what to do instead"),
        Field(
            name="copies",
            schema=list_of(
                NAMESPACE,
                Field(name="name", schema=TEXT, meaning="name of the copy"),
                Field(name="proven", schema=YES_OR_NO, meaning="whether it has a valid proof"),
                Field(
                    name="state",
                    schema=one_of(state.value for state in CopyStanding),
                    meaning="what it is to the secret",
                ),
            ),
            meaning="what is marked as a copy of the secret: `namespace`, `name`, `proven` and `state`",
        ),
        Field(
            name="usedBy",
            schema=TEXTS,
            meaning="the workloads, build configs and pods that use it: `3 pods of deployment/app`",
        ),
        Field(
            name="allUsersKnown", schema=YES_OR_NO, meaning="whether all service accounts, workloads and pods were read"
        ),
        Field(
            name="imagesOf",
            schema=list_of(*GRANT),
            meaning="of a secret that OpenShift generated: what `allow-pull` lets its service account pull, as far as "
            "it could be read",
        ),
        Field(
            name="apiKeys",
            schema=list_of(
                Field(name="registries", schema=TEXTS, meaning="registry keys that have it"),
                Field(name="id", schema=TEXT, meaning="ID of the API key; empty if it is not known"),
                Field(name="name", schema=TEXT, meaning="name of the API key"),
                Field(name="identity", schema=TEXT, meaning="whose it is, in words"),
                Field(name="puller", schema=TEXT, meaning="who pulls with it: a trusted profile, or the same identity"),
                Field(name="state", schema=TEXT, meaning="`active`, `disabled`, `expired`, `locked`, `rejected`, ..."),
                Field(name="expires", schema=TEXT, meaning="when it expires, in RFC 3339; empty for never"),
                Field(name="lastUsed", schema=TEXT, meaning="when it last authenticated; `never` or `unknown`"),
                Field(name="access", schema=TEXTS, meaning="the access policies of who pulls with it, in words"),
                Field(name="unknown", schema=TEXT, meaning="why some of this is not known; empty if all is"),
            ),
            meaning="with `--ibmcloud`, the API keys for IBM Cloud's registry",
        ),
        Field(name="findings", schema=list_of(*FINDING[1:]), meaning="the findings of `check` about it, as there"),
    ),
    beside=(ERRORS,),
)

PROJECT = (
    Field(
        name="project",
        schema=of(
            (
                Field(name="name", schema=TEXT, meaning="its name"),
                Field(name="region", schema=TEXT, meaning="its region"),
                Field(name="id", schema=TEXT, meaning="its ID"),
            )
        ),
        meaning="the Code Engine project: `name`, `region` and `id`",
    ),
    Field(name="account", schema=TEXT, meaning="the IBM Cloud account, with its name if that is known"),
)

PROJECT_ERRORS = Field(
    name="errors",
    schema=list_of(Field(name="message", schema=TEXT, meaning="what is not there")),
    meaning="what was asked for and is not there; empty if all is",
)

PROJECT_CHANGE_LIST = Document(
    kind="ProjectChangeList",
    meaning="Commands that write, with `--code-engine-project`",
    item=CHANGE_LIST.item[3:],
    beside=(
        *PROJECT,
        CHANGE_LIST.beside[0],
        Field(
            name="summary",
            schema=of(
                Field(name=word, schema=NUMBER, meaning=f"how many items are `{word}`") for word in RESULTS.values()
            ),
            meaning="the number of items by `result`",
        ),
    ),
)

REGISTRY_SECRET = (
    Field(name="name", schema=TEXT, meaning="name of the secret"),
    Field(name="created", schema=TEXT, meaning="when it was created, in RFC 3339"),
    Field(name="registry", schema=TEXT, meaning="its registry"),
    Field(name="username", schema=TEXT, meaning="the username; `<hidden>` for one that is a credential"),
    Field(name="usedBy", schema=TEXTS, meaning="what names it: `app/web`, `job/nightly`, functions and builds"),
    Field(name="allUsersKnown", schema=YES_OR_NO, meaning="whether all apps, jobs, functions and builds were read"),
    Field(name="owner", schema=one_of(("", CODE_ENGINE)), meaning="who renews it, if not you"),
    Field(name="expires", schema=TEXT, meaning="when its credential expires, in RFC 3339; empty if it does not say"),
)

REGISTRY_SECRET_LIST = Document(
    kind="RegistrySecretList",
    meaning="`list --code-engine-project`",
    item=REGISTRY_SECRET,
    beside=(*PROJECT, PROJECT_ERRORS),
)

REGISTRY_SECRET_DETAIL_LIST = Document(
    kind="RegistrySecretDetailList",
    meaning="`describe --code-engine-project`",
    item=(
        *REGISTRY_SECRET,
        Field(name="credential", schema=TEXT, meaning="the kind of credential, as far as its shape tells"),
        Field(name="validity", schema=TEXT, meaning="how long credentials of this kind are valid, in words"),
        Field(name="findings", schema=list_of(*FINDING[1:]), meaning="the findings of `check` about it, as there"),
    ),
    beside=(*PROJECT, PROJECT_ERRORS),
)

VERDICT_LIST = Document(
    kind="VerdictList",
    meaning="`verify`",
    item=(
        CONTEXT,
        NAMESPACE,
        Field(name="secret", schema=TEXT, meaning="name of the secret; empty for none, or if it is not known"),
        Field(name="image", schema=TEXT, meaning="image, or registry if there is no image; empty for a whole secret"),
        Field(name="result", schema=one_of(result.word for result in Result), meaning="what the registry answered"),
        Field(name="good", schema=YES_OR_NO, meaning="whether the registry accepts the credentials"),
        Field(name="message", schema=TEXT, meaning="the result as the table has it"),
    ),
    beside=(ERRORS,),
)

DIAGNOSIS_LIST = Document(
    kind="DiagnosisList",
    meaning="`doctor`",
    item=(
        CONTEXT,
        NAMESPACE,
        Field(name="cause", schema=one_of(code.value for code in CauseCode), meaning="the cause"),
        Field(name="text", schema=TEXT, meaning="the cause as a sentence"),
        Field(name="secret", schema=TEXT, meaning="the secret at fault, or the one that works; empty for none"),
        Field(
            name="severity",
            schema=one_of(("error", "note")),
            meaning="`note` where only containers of `kubectl debug` wait, in pods that run",
        ),
        Field(name="debugContainers", schema=TEXTS, meaning="the names of these containers; otherwise empty"),
        Field(name="images", schema=TEXTS, meaning="the images that cannot be pulled"),
        Field(
            name="owners",
            schema=list_of(
                Field(name="owner", schema=TEXT, meaning="`kind/name` of what made the pods, or of the pod itself"),
                Field(name="pods", schema=TEXTS, meaning="names of its pods that wait"),
            ),
            meaning="who waits: `owner` and `pods`",
        ),
        Field(name="message", schema=TEXT, meaning="the container runtime's message"),
        Field(name="error", schema=TEXT, meaning="what the message means"),
        Field(name="secrets", schema=TEXTS, meaning="the secrets that the kubelet reads, and why none works"),
        Field(
            name="candidates",
            schema=list_of(
                NAMESPACE,
                Field(name="name", schema=TEXT, meaning="name of the secret"),
                Field(name="usernames", schema=TEXTS, meaning="its usernames; `<hidden>` for one that is a credential"),
                Field(
                    name="standing",
                    schema=one_of(standing.value for standing in SourceStanding),
                    meaning=(
                        "whose it is: the pod's namespace (`own`), a namespace of `--from` (`from`), `default`, "
                        "offered by its owner (`shared`), or of another namespace (`other`)"
                    ),
                ),
                Field(name="findings", schema=TEXTS, meaning="codes of `check`, for which it is not copied"),
                Field(name="source", schema=YES_OR_NO, meaning="whether the fix uses it"),
            ),
            meaning="the secrets that would match, the nearest first; at most 20 of other namespaces",
        ),
        Field(name="registryChecks", schema=TEXTS, meaning="with `--verify`: the results of the registries"),
        Field(name="notes", schema=TEXTS, meaning="notes"),
        Field(
            name="recovery",
            schema=one_of(RECOVERIES.values()),
            meaning="what the pods need once it is fixed",
        ),
        Field(
            name="nextAttempt",
            schema=of(
                (
                    Field(name="earliest", schema=TIME, meaning="not before"),
                    Field(name="latest", schema=TIME, meaning="not after"),
                )
            ),
            meaning="`earliest` and `latest` time of the kubelet's next attempt",
        ),
        Field(name="commands", schema=TEXTS, meaning="the commands of the fix"),
        Field(name="advice", schema=TEXT, meaning="what to do where no command helps; otherwise empty"),
    ),
    beside=(ERRORS,),
)

CREDENTIALS = Field(
    name="credentials",
    schema=list_of(
        Field(name="secret", schema=TEXT, meaning="name of the secret"),
        Field(name="registry", schema=TEXT, meaning="the entry's key, as it is written"),
        Field(name="username", schema=TEXT, meaning="the username; `<hidden>` for one that is a credential"),
        Field(name="hasPassword", schema=YES_OR_NO, meaning="whether there is a password to send"),
    ),
    meaning="all entries that the kubelet tries for the image, in its order",
)
PULL_SECRETS = Field(name="pullSecrets", schema=TEXTS, meaning="the pull secrets of the pod, in order")
CAN_PULL_RESULT = (
    Field(name="result", schema=one_of(result.value for result in CanPull), meaning="the answer"),
    Field(name="reason", schema=one_of(reason.value for reason in Reason), meaning="why"),
    Field(name="message", schema=TEXT, meaning="the reason as a sentence"),
)

CAN_PULL_LIST = Document(
    kind="CanPullList",
    meaning="`can-pull`",
    item=(
        CONTEXT,
        NAMESPACE,
        Field(name="object", schema=TEXT, meaning="`kind/name` of the pod or of what creates it; empty for an IMAGE"),
        Field(name="file", schema=TEXT, meaning="with `-f`: the file; empty for standard input"),
        Field(name="line", schema=NUMBER, meaning="with `-f`: the line of the image; otherwise 0"),
        Field(name="container", schema=TEXT, meaning="name of the container; empty for an IMAGE or a volume"),
        Field(name="volume", schema=TEXT, meaning="name of the volume whose image it is; otherwise empty"),
        Field(name="image", schema=TEXT, meaning="the image, as it is written"),
        *CAN_PULL_RESULT,
        Field(name="serviceAccount", schema=TEXT, meaning="the pod's service account"),
        PULL_SECRETS,
        CREDENTIALS,
        Field(name="malformedSecret", schema=TEXT, meaning="the secret that blocks all pulls of the pod; else empty"),
        Field(name="unknownSecrets", schema=TEXTS, meaning="the secrets of the list whose content is not known"),
        Field(name="missingSecrets", schema=TEXTS, meaning="the secrets of the list that do not exist"),
        Field(name="notes", schema=TEXTS, meaning="notes"),
        Field(
            name="existingPods",
            schema=list_of(
                Field(name="name", schema=TEXT, meaning="name of the pod"),
                *CAN_PULL_RESULT,
                PULL_SECRETS,
                CREDENTIALS,
            ),
            meaning="existing pods with another list than a new one, which is what their next pull uses",
        ),
        Field(name="commands", schema=TEXTS, meaning="the commands of the fix"),
        Field(name="advice", schema=TEXT, meaning="what to do where no command helps; otherwise empty"),
    ),
    beside=(ERRORS,),
)

DOCUMENTS = (
    CHANGE_LIST,
    PULL_SECRET_LIST,
    PULL_SECRET_DETAIL_LIST,
    ROTATION_STATUS,
    FINDING_LIST,
    VERDICT_LIST,
    CAN_PULL_LIST,
    DIAGNOSIS_LIST,
    PROJECT_CHANGE_LIST,
    REGISTRY_SECRET_LIST,
    REGISTRY_SECRET_DETAIL_LIST,
)


def schema_of(document: Document) -> Schema:
    """The whole schema of a kind of document."""
    envelope = (
        Field(name="apiVersion", schema={"const": API_VERSION}, meaning="version of these documents"),
        Field(name="kind", schema={"const": document.kind}, meaning="which schema applies"),
        Field(name="items", schema=list_of(*document.item), meaning="one item for each object"),
    )
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **of((*envelope, *document.beside))}


def text_of(document: Document) -> str:
    """The text of a schema's file."""
    return json.dumps(schema_of(document), indent=2) + "\n"


def tables() -> str:
    """For each kind of document, what its fields mean."""
    return "\n\n".join(map(_section, DOCUMENTS))


def _section(document: Document) -> str:
    heading = f"### {document.kind}\n\n{document.meaning}. [Schema](schemas/{document.kind}.json)"
    rows = [
        *(f"| `items[].{field.name}` | {_meaning(field)} |" for field in document.item),
        *(f"| `{field.name}` | {_meaning(field)} |" for field in document.beside),
    ]
    return "\n".join((heading, "", "| field | |", "| --- | --- |", *rows))


def _meaning(field: Field) -> str:
    values = field.schema.get("enum", ())
    return f"{field.meaning}: {', '.join(f'`{value}`' for value in values)}" if values else field.meaning
