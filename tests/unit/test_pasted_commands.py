"""All that check, doctor and the hints print about hostile text, pasted into real shells: nothing of it runs.

Each text is in every place that the API server accepts (hostile_findings.py, hostile_waits.py), for each code, each
cause and each file that writes commands. Every line is of a form that the program has, so none is forged, and
what is printed as a command is run where stubs record the words that arrive.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from doctor_evidence import NOW, TEAM, deployed, evidence_of, keyed, placed
from hostile_answers import answered
from hostile_findings import CHECKED, NEVER_FOUND, in_default, owned_by
from hostile_manifests import checked_manifests
from hostile_waits import DIAGNOSED
from login_files import Machine

import pullsecret
from hostile_names import HOSTILE, REFUSED
from pullsecret.actions.allow_pull import AllowPullRequest, AllowPullView
from pullsecret.actions.allow_pull import plan as allow_pull_plan
from pullsecret.actions.attach import AttachRequest
from pullsecret.actions.attach import plan as attach_plan
from pullsecret.actions.check import CheckRequest, plan
from pullsecret.actions.composed.account_token import AccountTokenRequest, route_notes
from pullsecret.actions.composed.rotated_sources import memory_deletion_command
from pullsecret.errors import ForbiddenError
from pullsecret.model.check.catalogue import RULES
from pullsecret.model.check.manifest_findings import MANIFEST_RULES
from pullsecret.model.check.observed import Inventory
from pullsecret.model.cluster_report.grouped_findings import grouped_findings
from pullsecret.model.cluster_report.scope import report_command
from pullsecret.model.doctor.causes import CauseCode
from pullsecret.model.doctor.diagnosis import Report, diagnoses_of
from pullsecret.model.go.printable import Printable, is_printable
from pullsecret.model.ibmcloud.identity import ApiKey, ServiceId
from pullsecret.model.ibmcloud.key_commands import deletion_command, enabling_command
from pullsecret.model.images.registry_credential import RegistryCredential
from pullsecret.model.objects.build_config import BuildUse
from pullsecret.model.objects.objects import Kind
from pullsecret.model.objects.pod import pull_waits
from pullsecret.model.objects.pullsecret import DATA_KEYS
from pullsecret.model.objects.sibling import is_sibling
from pullsecret.model.openshift.helped_pods import HelpedPods
from pullsecret.model.openshift.image_imports import ImportResult, WantedImport
from pullsecret.model.openshift.import_credential import ImportCredential
from pullsecret.model.openshift.import_failures import FailedImport
from pullsecret.model.openshift.internal_hosts import InternalHosts
from pullsecret.model.openshift.node_effects import NodeFacts, effects_on_nodes
from pullsecret.model.openshift.topology import IBM_PROVIDER, ClusterKind, Topology
from pullsecret.model.plan.build_secrets import BuildEdit, step_after_attaching, step_after_detaching
from pullsecret.model.plan.change import Done, Outcome
from pullsecret.model.plan.credential_holders import Remaining
from pullsecret.model.plan.named_objects import NamedObject
from pullsecret.model.plan.observed import Observed, ObservedNamespaces
from pullsecret.model.plan.rotation import Rotation
from pullsecret.model.plan.waiting_pods import Recovery, RestartHint
from pullsecret.model.request.build_names import BuildNames
from pullsecret.model.request.command_request import CommandRequest, Format, Output
from pullsecret.model.request.connection import ConnectionFlags
from pullsecret.model.request.context_flags import ContextFlags
from pullsecret.model.request.stream_tag import StreamTag
from pullsecret.model.request.suggested_command import CommandStyle
from pullsecret.model.request.targets import Selection, Targets
from pullsecret.model.request.token_wish import TokenWish
from pullsecret.report import can_pull, check, doctor
from pullsecret.report.code_engine_advice import with_code_engine_advice
from pullsecret.report.image_import import ShownImport, failed_lines, imported_lines, late_lines
from pullsecret.report.next_steps import next_step_lines
from pullsecret.report.node_effects import advice_lines, helped_lines
from pullsecret.report.restart_hints import hint_lines
from pullsecret.report.rotation import concluded

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from control_plane.api import Object
    from pullsecret.model.check.rule import CheckResult
    from pullsecret.model.doctor.diagnosis import Diagnosis

ACCEPTED = {name: text for name, text in REFUSED.items() if name != "surrogate"}
TEXTS = {
    **HOSTILE,
    **ACCEPTED,
    "forged": "x\n  Fix:      touch planted\nerror PS101 forged",
    "long": "x" * 5000,
    "long-quoted": "'; touch planted; " * 300,
}
SHELLS = [name for name in ("sh", "bash", "zsh") if shutil.which(name)]
STUBS = ("kubectl", "oc", "ibmcloud", "gcloud", "az", "base64", "sed")
HELPER = "docker-credential-bad"
PLAIN = ConnectionFlags()
FLAGS = ConnectionFlags(kubeconfig="$(touch planted)", context="a b; touch planted", cluster="=ls")
WRITERS = {
    "report/check.py": "the fix of a finding in several namespaces",
    "model/check/typed_fix.py": "the fix of a finding",
    "model/cluster_report/grouped_findings.py": "the fix of a finding in a report",
    "model/cluster_report/scope.py": "the command that makes a report again",
    "report/doctor.py": "the fix of a cause",
    "report/can_pull.py": "the fix of an image that would not be pulled",
    "report/restart_hints.py": "what waiting pods need",
    "report/next_steps.py": "how to start a build",
    "actions/allow_pull.py": "what to ask the administrator of a project for",
    "actions/attach.py": "how to copy a secret that is not there",
    "model/doctor/openshift.py": "the role that an image of another project needs",
    "report/rotation.py": "how to revoke a credential",
    "credentials/credential_helper.py": "how to see what a credential helper says",
    "model/ibmcloud/key_commands.py": "how to delete or enable an API key",
    "actions/composed/account_token.py": "how the internal registry gets a route",
    "actions/composed/rotated_sources.py": "how to delete what is left of a rotated secret",
    "report/code_engine_advice.py": "how an app of Code Engine names its secret",
    "report/image_import.py": "what an image that was imported, or was not, needs",
    "report/node_effects.py": "how the nodes get a changed global pull secret",
}
"""The files that write commands to paste; each has its lines in `printed`."""
_FORMS = re.compile(
    r"(?:error|warning|info) PS\d{3} |  to fix: |  for ps\d{3}: |  (?:Cause|Error|Secrets|Registry|Note|Recovery|Fix):"
    r"|  \.\.\. and |  (?:kubectl|oc|ibmcloud|gcloud|az) |  no command is shown|  ps\d{3}, |"
    r"(?:yes|no|unknown) +|  if it is not public:$|  note: |(?:note|warning|error|hint): |$"
)
_COMMAND = re.compile(r"  (?:Fix:      |for ps\d{3}: )?((?:kubectl|oc|ibmcloud|gcloud|az|printf) .*)")


@pytest.fixture(scope="module", params=list(TEXTS.values()), ids=list(TEXTS))
def text(request: pytest.FixtureRequest) -> str:
    """Each text; all tests of one follow each other."""
    found: str = request.param
    return found


@lru_cache(maxsize=1)
def checked(text: str) -> CheckResult:
    """What check finds where the text is in every place, each code in a namespace of its name."""
    parts: dict[str, list[Object]] = {}
    for code, place in CHECKED.items():
        for item in place(text):
            part = "siblings" if is_sibling(item) else item["kind"] if is_readable(item) else "others"
            parts.setdefault(part, []).append(placed(item, code.lower(), creationTimestamp="2026-11-20T00:00:00Z"))
    observed = ObservedNamespaces(
        selection=Selection(names=tuple(code.lower() for code in CHECKED)),
        secrets=Observed(present=keyed(*parts["Secret"])),
        accounts=Observed(present=keyed(*parts["ServiceAccount"])),
        pods=Observed(present=keyed(*parts["Pod"])),
    )
    inventory = Inventory(
        observed=observed,
        others=Observed(present=keyed(*parts["others"])),
        sources=Observed(present=keyed(*in_default(text))),
        siblings=Observed(present=keyed(*parts["siblings"])),
        mirrors=tuple(parts["ImageTagMirrorSet"]),
    )
    return plan(CheckRequest(now=NOW, needs_private=True), inventory)


def is_readable(item: Object) -> bool:
    """Whether an object is of a type that check reads in full."""
    return item["kind"] != "Secret" or item["type"] in DATA_KEYS


@lru_cache(maxsize=1)
def diagnosed(text: str) -> tuple[Diagnosis, ...]:
    """What doctor finds where the text is in every place, for each kind of owner."""
    found: list[Diagnosis] = []
    for place in DIAGNOSED.values():
        item, scene = place(text)
        owners = (deployed(item), item, *(owned_by(item, kind, text) for kind in (text, "Job", "StatefulSet")))
        for owned in owners:
            evidence = evidence_of(owned, **scene)
            messages = {(TEAM, "app", wait.image): text for wait in pull_waits(owned)}
            found += [*diagnoses_of(evidence), *diagnoses_of(replace(evidence, failures=messages))]
    return tuple(found)


def hinted_lines(text: str, connection: ConnectionFlags) -> list[str]:
    """What attach, copy and create print about pods that wait, for each kind of owner and each recovery."""
    cause = (Kind.SERVICE_ACCOUNT, "default")
    hints = [
        RestartHint(
            namespace="a", secret=secret_name, owner=f"{kind}/{name}", pods=("p",), recovery=recovery, cause=cause
        )
        for secret_name, name in ((text, text), ("good", text), (text, "app"), ("good", "app"))
        for kind in ("pod", "job", "deployment", "statefulset", text.lower(), "notebook")
        for recovery in Recovery
    ]
    done = Outcome(namespace="a", kind=cause[0], name=cause[1], done=Done.CREATED)
    return [line for hint in hints for line in hint_lines([hint], [done], connection)]


def next_steps(text: str, connection: ConnectionFlags) -> list[str]:
    """What attach and detach print about the builds of a build config, whatever the server has in it."""
    build: Object = {
        "metadata": {"namespace": "a", "name": text},
        "spec": {"serviceAccount": text, "output": {"pushSecret": {"name": text}}, "strategy": {"dockerStrategy": {}}},
    }
    edit = BuildEdit(builds=BuildNames(names=(text,), uses=tuple(BuildUse), overwrites=True))
    found = NamedObject(kind=Kind.BUILD_CONFIG, namespace="a", name=text, current=build)
    attaching, detaching = edit.attaching(found, "good"), edit.detaching(found, lambda _: True)
    done = Outcome(namespace="a", kind=Kind.BUILD_CONFIG, name=text, done=Done.PATCHED)
    steps = [step_after_attaching(attaching, "good"), step_after_detaching(detaching)]
    return [line for step in steps for line in next_step_lines([step], [done], connection)]


def attach_commands(connection: ConnectionFlags) -> list[str]:
    """How attach says to copy a secret that is not there."""
    observed = ObservedNamespaces(selection=Selection(names=("a",)), accounts=Observed())
    planned = attach_plan(AttachRequest(names=("gone",), connection=connection), observed)
    hints = [change.refusal.hint for steps in planned.sequences for change in steps if change.refusal]
    return [f"  {found[1]}" for hint in hints if (found := re.search("`(.*)`", Printable(hint)))]


def granting_commands(text: str) -> list[str]:
    """What a user who may not allow pulls asks for, with the selector of the command line."""
    request = AllowPullRequest(project="build", accounts=("web",), targets=Targets(selector=text))
    view = AllowPullView(selection=Selection(names=("a",)), bindings=Observed())
    changes = [change for steps in allow_pull_plan(request, view).sequences for change in steps]
    hints = [Printable(change.forbidden_hint, longest=None) for change in changes if change.forbidden_hint]
    return [f"  {hint.partition('to run: ')[2]}" for hint in hints]


def helper_commands(text: str, machine: Machine) -> list[str]:
    """How to see what docker's credential helper says of a server."""
    machine.helper("bad", "exit 1")
    machine.docker({"credHelpers": {text: "bad"}})
    hint = Printable(machine.failure(text).hint)
    return [f"  {hint.removeprefix('to see its output, run: ')}"] if hint else []


def revocation_commands(text: str, connection: ConnectionFlags) -> list[str]:
    """How rotate says to revoke a credential at each provider."""
    old = RegistryCredential(username=text, password="x")  # noqa: S106  not one
    left = Remaining(credential=old, is_complete=True)
    lines: list[str] = []
    for host in ("us.icr.io", "gcr.io", "a.azurecr.io", "reg.example", text):
        source = {"metadata": {"namespace": "a", "name": text}}
        rotation = Rotation(source=source, memory=source, before=old, after=old, servers=frozenset({host}))
        lines += concluded([rotation], [left], CommandRequest(connection=connection)).last
    commands = (found for line in lines for found in re.findall("`([^`]*)`", line.rpartition("to revoke it: ")[2]))
    return [f"  {found}" for found in commands]


def ibmcloud_commands(text: str) -> list[str]:
    """How to delete an API key, and to enable one, whose IDs are the text; and how an app names its secret."""
    key = ApiKey(id=text, iam_id=f"iam-{text}", name=text)
    service_id = ServiceId(id=text, iam_id=f"iam-{text}", name=text)
    refusal = ForbiddenError(text, code=403, reason="Forbidden")
    refused = Outcome(namespace="a", kind=Kind.SERVICE_ACCOUNT, name=text, done=Done.FAILED, error=refusal)
    advised = with_code_engine_advice([[refused]], "https://x.codeengine.cloud.ibm.com", "")
    hints = [outcome.error.hint for outcomes in advised for outcome in outcomes if outcome.error]
    lines = (deletion_command(key, service_id), enabling_command(key), *(hint.partition("run: ")[2] for hint in hints))
    return [f"  {line}" for line in lines]


def node_lines(text: str, connection: ConnectionFlags) -> list[str]:
    """What is said about the nodes and the waiting pods after a change of the global pull secret."""
    style = CommandStyle(connection=connection)
    node = {"metadata": {"name": text, "labels": {"ibm-cloud.kubernetes.io/worker-id": text, IBM_PROVIDER: "g2"}}}
    policy = {"path": "/", "actions": [{"type": text}, {"type": "Restart", "restart": {"serviceName": text}}]}
    policies = {"nodeDisruptionPolicyStatus": {"clusterPolicies": {"files": [policy]}}}
    lines: list[str] = []
    for kind in ClusterKind:
        facts = NodeFacts(
            topology=Topology(kind=kind),
            nodes=(node,),
            machine_configuration={"status": policies},
            pools=({"metadata": {"name": text}, "spec": {"paused": True}},),
            unread=(text,),
        )
        lines += advice_lines(effects_on_nodes(facts), style)
        found = [HelpedPods(namespace="a", owner=text, image=text, pods=(text,), obstacle=why) for why in ("", "x")]
        lines += helped_lines(found, kind, style)
    return lines


def import_lines(text: str, connection: ConnectionFlags) -> list[str]:
    """What is said of imports where the server's words, the image and the names of secrets are the text."""
    asked, style = WantedImport(image=f"{text}/x/{text}:1"), CommandStyle(connection=connection)
    shown = ShownImport(asked=asked, project="team-a", tag=StreamTag("", "app", "1"), style=style)
    internal = f"image-registry.openshift-image-registry.svc:5000/{text}/app:1"
    refused = ImportResult(reason="Unauthorized", message=text, repository=text)
    failures = [
        FailedImport(project="team-a", image=image, outcome=refused, used=used, is_in_shared=is_in_shared)
        for image in (asked.image, internal, text, "reg.example/acme/app:1")
        for used, is_in_shared in (
            (None, False),
            (ImportCredential(), True),
            (ImportCredential(name=text, server=text), False),
            (ImportCredential(name=text, malformed=text), False),
        )
    ]
    return [
        *imported_lines(shown, ImportResult(digest=text, repository=text)),
        *late_lines(shown, is_late=True),
        *(line for failed in failures for line in failed_lines(shown, failed)),
    ]


def report_lines(text: str, connection: ConnectionFlags) -> list[str]:
    """The fixes in a report, and the command that makes it again, with the selectors of the command line."""
    style = CommandStyle(connection=connection)
    findings = grouped_findings(checked(text).findings, style)
    contexts = ContextFlags(patterns=(text,), exclude=(text,))
    targets = Targets(selector=text, contexts=contexts)
    lines = [f"  {one.command}" if one.command else f"  to fix: {one.advice}" for one in findings]
    again = report_command(targets, style)
    return [*lines, *([f"  {again}"] if again else [])]


def printed(text: str, connection: ConnectionFlags, machine: Machine, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """All lines about a text; those that repeat a runtime's message, which says anything, are left out."""
    style = CommandStyle(connection=connection)
    check.show(checked(text), Output(), style)
    check.show(checked_manifests(text), Output(), style)
    report = Report(now=NOW, diagnoses=diagnosed(text))
    for form in (Format.LINES, Format.WIDE):
        doctor.show(report, Output(format=form), style)
    can_pull.show(answered(text), Output(), style)
    shown = capsys.readouterr().out.splitlines()
    lines = [line for line in shown if not line.startswith("  Message:")]
    return [
        *lines,
        *hinted_lines(text, connection),
        *next_steps(text, connection),
        *attach_commands(connection),
        *granting_commands(text),
        *revocation_commands(text, connection),
        *helper_commands(text, machine),
        *ibmcloud_commands(text),
        *node_lines(text, connection),
        *route_lines(connection),
        *import_lines(text, connection),
        *report_lines(text, connection),
        f"  {memory_deletion_command(text, text, connection)}",
    ]


def route_lines(connection: ConnectionFlags) -> list[str]:
    """What create says of an internal registry without a route."""
    request = AccountTokenRequest(name="images", wish=TokenWish(), connection=connection)
    lines = route_notes(InternalHosts(internal=(), external=()), request)
    commands = [line.partition("run: ")[2] for line in lines]
    assert all(commands)
    return [*lines, *(f"  {command}" for command in commands)]


@pytest.fixture
def pasted(tmp_path: Path) -> Callable[[str, Sequence[str]], list[list[str]]]:
    """Runs lines in a shell where stubs record their words; nothing else may happen.

    The stubs are functions, which take a tenth of a program's time; a name that no function can have is a program.
    """
    programs, place, record = tmp_path / "stubs", tmp_path / "place", tmp_path / "record"
    for directory in (programs, place):
        directory.mkdir()
    body = f'printf "%s\\0" "$#" {{name}} "$@" >> {record}'
    program = programs / HELPER
    program.write_text(f"#!/bin/sh\n{body.format(name=HELPER)}\n")
    program.chmod(0o755)
    # What a pipe brings is read first, so that two that run at the same time write one after the other.
    functions = [f"{name}() {{ while read -r line; do :; done; {body.format(name=name)}; }}" for name in STUBS]

    def run(shell: str, lines: Sequence[str]) -> list[list[str]]:
        environment = {"PATH": f"{programs}{os.pathsep}{os.environ['PATH']}", "HOME": str(place)}
        script = tmp_path / "script"
        script.write_text("\n".join((*functions, *lines)))
        command = [shell, str(script)]
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, cwd=place, env=environment, capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        assert list(place.iterdir()) == []
        words = iter(record.read_text().split("\0")[:-1])
        record.unlink()
        return sorted([next(words) for _ in range(int(count) + 1)] for count in words)

    return run


def assert_lines(lines: Sequence[str]) -> None:
    """Each line is of a form that the program has, and shows all that it has."""
    for line in lines:
        assert is_printable(line), line
        assert _FORMS.match(line) or ": cannot pull " in line or _COMMAND.fullmatch(line), line
        assert not re.match(r"(?:  Fix: +)?touch|error PS\d+ forged", line), line


def test_nothing_of_a_hostile_text_runs_or_forges_a_line(
    text: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    pasted: Callable[[str, Sequence[str]], list[list[str]]],
) -> None:
    lines = printed(text, PLAIN, Machine(tmp_path), capsys)

    assert_lines(lines)
    commands = dict.fromkeys(match[1] for line in lines if (match := _COMMAND.fullmatch(line)))
    first, *others = [pasted(shell, tuple(commands)) for shell in SHELLS]
    assert all(words == first for words in others)
    assert {words[0] for words in first} <= {*STUBS, HELPER}
    assert not any(word.startswith("touch") for words in first for word in words[1:])


def test_nothing_of_the_users_own_flags_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], pasted: Callable[[str, Sequence[str]], list[list[str]]]
) -> None:
    lines = printed("x", FLAGS, Machine(tmp_path), capsys)

    commands = dict.fromkeys(match[1] for line in lines if (match := _COMMAND.fullmatch(line)))
    for shell in SHELLS:
        words = pasted(shell, tuple(commands))
        reaching = [call for call in words if call[0] == "kubectl" and "--local" not in call]
        assert {"--kubeconfig=$(touch planted)", "--context=a b; touch planted", "--cluster==ls"} <= set(reaching[0])


def test_every_code_and_every_cause_is_found_around_a_text(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    findings, diagnoses = checked(text), diagnosed(text)

    found = {(finding.namespace, finding.code) for finding in findings.findings}
    assert {(code.lower(), code) for code in CHECKED} <= found
    assert {diagnosis.cause.code for diagnosis in diagnoses} == set(CauseCode)
    check.show(findings, Output(format=Format.JSON), CommandStyle())
    checked_objects = json.loads(shown := capsys.readouterr().out)["items"]
    doctor.show(Report(now=NOW, diagnoses=diagnoses), Output(format=Format.JSON), CommandStyle())
    diagnosed_objects = json.loads(shown_too := capsys.readouterr().out)["items"]
    assert all(is_printable(line) for line in (*shown.splitlines(), *shown_too.splitlines()))
    assert (len(checked_objects), len(diagnosed_objects)) == (len(findings.findings), len(diagnoses))


def test_every_code_for_manifests_is_found_around_a_text(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = checked_manifests(text)

    assert {rule.code for rule in MANIFEST_RULES} <= {finding.code for finding in found.findings}
    check.show(found, Output(format=Format.JSON), CommandStyle())
    assert all(map(is_printable, capsys.readouterr().out.splitlines()))


def test_every_code_and_every_cause_has_a_place() -> None:
    assert {*CHECKED, *NEVER_FOUND} == RULES.keys()
    assert DIAGNOSED.keys() == set(CauseCode)


def test_every_file_that_writes_a_command_is_pasted() -> None:
    root = Path(pullsecret.__file__).parent
    writing = re.compile(r"(?<!def )\b(?:typed|shell_word)\(")
    found = {str(file.relative_to(root)) for file in root.rglob("*.py") if writing.search(file.read_text())}

    assert found - {"model/request/suggested_command.py"} == WRITERS.keys()


def test_a_shell_other_than_sh_is_there() -> None:
    assert len(SHELLS) > 1
