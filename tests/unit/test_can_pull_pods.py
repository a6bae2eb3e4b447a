"""can-pull looks at pods as the API server would store them, at those that exist, and at what nodes add."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from can_pull_facts import EXPIRED_ENTRY, answers_of, facts_of, seen, sources_of
from doctor_evidence import FORBIDDEN, TEAM, placed, secret

from objects import deployment, docker_config_secret, named, pod, registry_entry, service_account
from pullsecret.model.can_pull.answer import CanPull, Reason
from pullsecret.model.can_pull.report import report_of
from pullsecret.model.images.verdict import Result, Verdict
from pullsecret.model.request.suggested_command import CommandStyle, typed

if TYPE_CHECKING:
    from control_plane.api import Object

YES, NO, UNKNOWN = CanPull.YES, CanPull.NO, CanPull.UNKNOWN
IMAGE = "quay.io/acme/web:1"


def account(*names: str) -> Object:
    return placed(service_account("default", names))


def deployed(spec: Object) -> Object:
    """The deployment `web`, whose pods have these further fields."""
    template = pod("", IMAGE, "none")
    return placed(deployment("web", {**template, "spec": {**template["spec"], **spec}}))


def test_list_of_the_pod_hides_that_of_the_account() -> None:
    template = pod("", IMAGE, "none", pull_secrets=["other"])
    workload = placed(deployment("web", template))
    held = seen([secret("regcred", "quay.io"), secret("other", "us.icr.io")])

    (answer,) = answers_of(
        facts_of(sources_of(workloads=[workload]), secrets=held, accounts=seen([account("regcred")]))
    )

    assert (answer.listed, answer.answer.reason) == (("other",), Reason.OWN_LIST)
    (command,) = (typed(one, CommandStyle()) for one in answer.fix.commands)
    assert command == "kubectl pullsecret attach regcred --workload=deployment/web -n team"


def test_entry_without_a_name_hides_the_list_of_the_account() -> None:
    template = pod("", IMAGE, "none", imagePullSecrets=[{}])

    (answer,) = answers_of(
        facts_of(
            sources_of(workloads=[placed(deployment("web", template))]),
            secrets=seen([secret("regcred", "quay.io")]),
            accounts=seen([account("regcred")]),
        )
    )

    assert (answer.listed, answer.answer.result, answer.answer.reason) == (("",), UNKNOWN, Reason.NAMELESS)


ENFORCED = {"kubernetes.io/enforce-mountable-secrets": "true"}
REFUSED = {
    "absent": ([], {"serviceAccountName": "gone"}, 'service account "gone" does not exist'),
    "foreign-secret": (
        [placed(service_account("default", ["own"]), annotations=ENFORCED)],
        {"imagePullSecrets": [{"name": "foreign"}]},
        'service account "default" allows its own pull secrets only',
    ),
}


@pytest.mark.parametrize(("accounts", "spec", "words"), REFUSED.values(), ids=REFUSED)
def test_pod_that_the_server_refuses_cannot_pull(accounts: list[Object], spec: Object, words: str) -> None:
    (answer,) = answers_of(facts_of(sources_of(workloads=[deployed(spec)]), accounts=seen(accounts)))

    assert (answer.answer.result, answer.answer.reason) == (NO, Reason.NOT_ADMITTED)
    assert answer.answer.message.startswith(words)
    assert answer.fix.advice


def test_default_account_that_does_not_exist_yet_counts_as_empty() -> None:
    (answer,) = answers_of(facts_of(sources_of([IMAGE]), accounts=seen([])))

    assert (answer.answer.reason, answer.listed) == (Reason.NO_SECRET, ())


def test_every_image_of_a_pod_is_answered() -> None:
    item = placed(
        pod(
            "app",
            IMAGE,
            "none",
            initContainers=[{"name": "init", "image": "a.example/init"}],
            ephemeralContainers=[{"name": "debug", "image": "a.example/debug"}],
            volumes=[{"name": "model", "image": {"reference": "a.example/model"}}, {"name": "none", "emptyDir": {}}],
        )
    )

    found = answers_of(facts_of(sources_of(workloads=[item])))

    assert [(one.subject, one.image.container, one.image.volume, one.image.image) for one in found] == [
        ("pod/app", "init", "", "a.example/init"),
        ("pod/app", "main", "", IMAGE),
        ("pod/app", "debug", "", "a.example/debug"),
        ("pod/app", "", "model", "a.example/model"),
    ]


def test_image_that_is_never_pulled_is_unknown() -> None:
    item = placed(deployment("web", pod("", IMAGE, "none", pull_policy="Never")))

    (answer,) = answers_of(facts_of(sources_of(workloads=[item])))

    assert (answer.answer.result, answer.answer.reason) == (UNKNOWN, Reason.NEVER)


def test_existing_pods_with_another_list_are_compared() -> None:
    made = placed(
        pod("web-1", IMAGE, "none"), ownerReferences=[{"kind": "StatefulSet", "name": "web", "controller": True}]
    )
    workload = placed(named("StatefulSet", "web", spec={"template": {"spec": pod("", IMAGE, "none")["spec"]}}))

    (answer,) = answers_of(
        facts_of(
            sources_of(workloads=[workload]),
            secrets=seen([secret("regcred", "quay.io")]),
            accounts=seen([account("regcred")]),
            pods=[made],
        )
    )

    assert answer.answer.result is YES
    (other,) = answer.others
    assert (other.name, other.listed, other.answer.reason) == ("web-1", (), Reason.CREATED_BEFORE)


UNSEEN = {
    "list": (seen([], {(TEAM, "default"): FORBIDDEN}), None, Reason.LIST_UNKNOWN),
    "secret": (seen([account("regcred")]), seen([], {(TEAM, ""): FORBIDDEN}), Reason.UNREADABLE),
}


@pytest.mark.parametrize("case", UNSEEN.values(), ids=UNSEEN)
def test_what_could_not_be_read_is_unknown_and_an_error(case: tuple[object, object, Reason]) -> None:
    accounts, secrets, reason = case
    report = report_of(facts_of(sources_of([IMAGE]), accounts=accounts, secrets=secrets))  # type: ignore[arg-type]

    assert [item.answer.reason for item in report.answers] == [reason]
    assert report.failures == (FORBIDDEN.line,)


GLOBAL = placed(docker_config_secret("pull-secret", {"quay.io": registry_entry()}), "openshift-config")


def test_global_pull_secret_counts_after_that_of_the_pod() -> None:
    bad = placed(docker_config_secret("bad", {"quay.io": EXPIRED_ENTRY}))

    for held in ([], [bad]):
        listed = account(*(item["metadata"]["name"] for item in held))
        (answer,) = answers_of(
            facts_of(sources_of([IMAGE]), secrets=seen(held), accounts=seen([listed]), elsewhere=[GLOBAL])
        )
        assert (answer.answer.result, answer.answer.reason) == (YES, Reason.OF_NODES)


def mirror_set(**rule: object) -> Object:
    rules = [{"source": "quay.io", "mirrors": ["mirror.example/quay"], **rule}]
    return placed(named("ImageTagMirrorSet", "mirrors", spec={"imageTagMirrors": rules}))


def test_mirror_that_takes_the_place_of_the_registry_gets_nothing_of_the_pod() -> None:
    policy = mirror_set(mirrorSourcePolicy="NeverContactSource")
    facts = facts_of(
        sources_of([IMAGE, "quay.io/acme/web@sha256:" + "a" * 64]),
        secrets=seen([secret("regcred", "quay.io")]),
        accounts=seen([account("regcred")]),
        mirrors=[policy],
    )

    by_tag, by_digest = answers_of(facts)

    assert (by_tag.answer.result, by_tag.answer.reason) == (UNKNOWN, Reason.MIRROR)
    assert (by_digest.answer.result, by_digest.answer.reason) == (NO, Reason.BLOCKED)


def test_mirror_before_the_registry_is_a_note() -> None:
    facts = facts_of(
        sources_of([IMAGE]),
        secrets=seen([secret("regcred", "quay.io")]),
        accounts=seen([account("regcred")]),
        mirrors=[mirror_set()],
    )

    (answer,) = answers_of(facts)

    assert answer.answer.result is YES
    rule = "ImageTagMirrorSet/mirrors has mirrors for it (mirror.example/quay)"
    assert answer.notes == (f"{rule}; CRI-O sends them the global pull secret only",)


def test_image_that_does_not_exist_is_corrected_where_it_is_named() -> None:
    item, workload = placed(pod("app", IMAGE, "none")), deployed({})
    verdicts = {(TEAM, "", IMAGE): Verdict(result=Result.NOT_FOUND)}

    found = answers_of(facts_of(sources_of([IMAGE], workloads=[item, workload]), verdicts=verdicts))

    shown = [[str(typed(one, CommandStyle())) for one in answer.fix.commands] or answer.fix.advice for answer in found]
    setting = "kubectl -n team set image deployment/web main=quay.io/acme/web:TAG"
    assert shown == ["correct the image", "correct the image of pod/app", [setting]]


def test_nodes_whose_credentials_are_not_known_leave_a_no_open_unless_it_is_certain() -> None:
    images = ["us.icr.io/acme/web:1", "quay.io/acme/WEB"]
    facts = facts_of(sources_of(images))

    known = [item.answer.result for item in answers_of(facts)]
    unknown = [item.answer.result for item in answers_of(replace(facts, has_unknown_nodes=True))]

    assert (known, unknown) == ([NO, NO], [UNKNOWN, NO])
