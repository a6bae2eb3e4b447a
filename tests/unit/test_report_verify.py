"""What verify says of its verdicts: the exit status, and hints for what is wrong."""

from __future__ import annotations

import pytest

from documents import items_in
from pullsecret.model.images.verdict import Result, Verdict
from pullsecret.model.request.command_request import Format, Output
from pullsecret.model.results.verify import Verified, VerifyRow
from pullsecret.report.verify import show


def row(result: Result, image: str = "us.icr.io", of: str = "a", detail: str = "") -> VerifyRow:
    return VerifyRow(namespace="team", secret=of, image=image, verdict=Verdict(result=result, detail=detail))


PRIVATE = row(Result.NOT_TRIED, "private.us.icr.io")
STATUSES = {
    "good": ([row(Result.WORKS), row(Result.LOGS_IN)], 0),
    "refused": ([row(Result.WORKS), row(Result.BAD_CREDENTIAL)], 1),
    "no-permission": ([row(Result.NO_PERMISSION)], 1),
    "out-of-reach": ([row(Result.UNREACHABLE)], 2),
    "out-of-reach-wins": ([row(Result.BAD_CREDENTIAL), row(Result.UNREACHABLE)], 2),
    "not-tried": ([row(Result.WORKS), row(Result.NOT_TRIED, "*.icr.io")], 2),
    "internal-address": ([row(Result.INTERNAL_ADDRESS)], 2),
    "private-endpoint-beside-a-proven-login": ([row(Result.LOGS_IN), PRIVATE], 0),
    "private-endpoint-alone": ([PRIVATE], 2),
    "private-endpoint-beside-a-refused-login": ([row(Result.BAD_CREDENTIAL), PRIVATE], 2),
    "private-endpoint-of-another-secret": ([row(Result.LOGS_IN, of="b"), PRIVATE], 2),
    "nothing": ([], 0),
}


@pytest.mark.parametrize(("rows", "status"), STATUSES.values(), ids=STATUSES.keys())
def test_status_is_2_where_something_is_unknown_and_1_where_something_is_refused(
    capsys: pytest.CaptureFixture[str], rows: list[VerifyRow], status: int
) -> None:
    assert show(Verified(rows=tuple(rows)), Output(format=Format.JSON)) == status

    assert [item["result"] for item in items_in(capsys.readouterr().out)] == [item.verdict.result.word for item in rows]


def test_what_could_not_be_read_is_in_the_document(capsys: pytest.CaptureFixture[str]) -> None:
    assert show(Verified(rows=(), failures=("error: no",)), Output(format=Format.YAML, context="prod")) == 2

    captured = capsys.readouterr()
    assert captured.out.startswith("apiVersion: kubectl-pullsecret/v1\nerrors:\n- context: prod\n  message: 'no'\n")
    assert captured.err == "error: no\n"


def test_internal_address_of_a_token_server_is_no_matter_of_tls(capsys: pytest.CaptureFixture[str]) -> None:
    detail = "the registry's token server localhost:5001 has a loopback address"

    show(Verified(rows=(row(Result.INTERNAL_ADDRESS, detail=detail),)), Output())

    captured = capsys.readouterr()
    assert f"refused to contact: {detail}" in captured.out
    assert captured.err.startswith("note: refused to contact: ")
    assert "--insecure" not in captured.err
