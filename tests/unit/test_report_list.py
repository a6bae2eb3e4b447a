"""The table of `list`, and the streams."""

from __future__ import annotations

import errno
import json
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from objects import docker_config_secret, registry_entry
from pullsecret.errors import OutputError
from pullsecret.model.go.printable import Printable
from pullsecret.model.request.command_request import Format, Output
from pullsecret.model.results.list import Listing, ListRow
from pullsecret.report.columns import aligned
from pullsecret.report.durations import human_duration
from pullsecret.report.list import show
from pullsecret.report.manifests import as_yaml, print_json_items, print_yaml_items
from pullsecret.report.streams import print_line, warn

if TYPE_CHECKING:
    from control_plane.api import Object

MINUTE, HOUR, DAY, YEAR = 60, 3600, 86400, 365 * 86400
SPANS = {
    0: "0s",
    1: "1s",
    70: "70s",
    2 * MINUTE - 1: "119s",
    2 * MINUTE: "2m",
    2 * MINUTE + 1: "2m1s",
    190: "3m10s",
    10 * MINUTE - 1: "9m59s",
    10 * MINUTE + 1: "10m",
    70 * MINUTE: "70m",
    3 * HOUR - 1: "179m",
    3 * HOUR: "3h",
    3 * HOUR + MINUTE: "3h1m",
    8 * HOUR - 1: "7h59m",
    8 * HOUR: "8h",
    47 * HOUR: "47h",
    2 * DAY: "2d",
    49 * HOUR: "2d1h",
    8 * DAY - 1: "7d23h",
    8 * DAY + 2 * HOUR: "8d",
    367 * DAY: "367d",
    2 * YEAR - 1: "729d",
    2 * YEAR: "2y",
    2 * YEAR + 25 * HOUR: "2y1d",
    8 * YEAR - 1: "7y364d",
    8 * YEAR + 2 * HOUR: "8y",
}
"""From kubernetes: apimachinery/pkg/util/duration/duration_test.go, and the edges."""


@pytest.mark.parametrize(("seconds", "text"), SPANS.items())
def test_human_duration_is_kubectls(seconds: int, text: str) -> None:
    assert human_duration(seconds) == text


def secret_with(users: dict[str, str]) -> Object:
    return docker_config_secret("any", {server: registry_entry(user) for server, user in users.items()})


def row(**rest: object) -> ListRow:
    made = (datetime.now(UTC) - timedelta(days=3, minutes=1)).isoformat()
    values: dict[str, object] = {
        "namespace": "team-a",
        "name": "regcred",
        "type": "kubernetes.io/dockerconfigjson",
        "secret": secret_with({"reg.example": "puller"}),
        "accounts": (),
        "origin": "",
        "is_managed": False,
        "created": made,
    }
    return ListRow(**{**values, **rest})  # type: ignore[arg-type]  # a row of any kind


def table(capsys: pytest.CaptureFixture[str], *rows: ListRow, output: Output | None = None) -> list[str]:
    assert show(Listing(rows=rows), output or Output()) == 0
    return capsys.readouterr().out.splitlines()


def test_table_is_as_wide_as_its_rows(capsys: pytest.CaptureFixture[str]) -> None:
    lines = table(capsys, row(), row(name="x" * 200, accounts=("a", "b")))

    assert lines[0].split() == ["NAMESPACE", "NAME", "REGISTRIES", "SERVICEACCOUNTS", "AGE"]
    assert lines[1].split() == ["team-a", "regcred", "reg.example", "<none>", "3d"]
    assert lines[2].split() == ["team-a", "x" * 200, "reg.example", "a,b", "3d"]
    assert [line.index("3d") for line in lines[1:]] == [lines[0].index("AGE")] * 2


TABLES = {
    "widest-cell": ([["a", "b"], ["longer", "b"]], ["a        b", "longer   b"]),
    "narrow-columns": ([["a", "b", "c"]], ["a     b     c"]),
    "wide-characters-count-once": ([["日本語日本語", "b"], ["a", "b"]], ["日本語日本語   b", "a        b"]),
    "rows-of-unlike-length": ([["a"], ["b", "c"]], ["a", "b     c"]),
    "empty-last-cell": ([["a", ""], ["a", "b"]], ["a", "a     b"]),
    "none": ([], []),
}


@pytest.mark.parametrize(("rows", "lines"), TABLES.values(), ids=TABLES.keys())
def test_columns_are_aligned_as_kubectls(rows: list[list[str]], lines: list[str]) -> None:
    assert list(aligned(rows)) == lines


CELLS = {
    "few-registries": ({"a": "u", "b": "u", "c": "u"}, "a,b,c"),
    "many-registries": ({"a": "u", "b": "u", "c": "u", "d": "u"}, "a,b + 2 more"),
    "none": ({}, "<none>"),
}


@pytest.mark.parametrize(("registries", "cell"), CELLS.values(), ids=CELLS.keys())
def test_registries_of_a_row(capsys: pytest.CaptureFixture[str], registries: dict[str, str], cell: str) -> None:
    assert f"   {cell}   " in table(capsys, row(secret=secret_with(registries)))[1]


def test_wide_row_has_type_usernames_and_origin_without_repetition(capsys: pytest.CaptureFixture[str]) -> None:
    registries = {"a": "u", "b": "u", "c": "v", "d": ""}

    lines = table(capsys, row(secret=secret_with(registries), origin="home/x"), output=Output(format=Format.WIDE))

    assert lines[1].split()[2] == "a,b,c,d"
    assert lines[1].split()[5:] == ["kubernetes.io/dockerconfigjson", "u,v", "home/x", "<none>", "<none>"]


def test_age_from_an_invalid_time_is_unknown(capsys: pytest.CaptureFixture[str]) -> None:
    assert table(capsys, row(created=""))[1].endswith("<unknown>")


def test_age_by_a_slow_clock_is_zero(capsys: pytest.CaptureFixture[str]) -> None:
    ahead = (datetime.now(UTC) + timedelta(minutes=5)).isoformat()

    assert table(capsys, row(created=ahead))[1].endswith("   0s")


def test_failures_are_reported_with_exit_status_1(capsys: pytest.CaptureFixture[str]) -> None:
    listing = Listing(rows=(row(),), notes=("note",), failures=("failure",), emptiness="nothing")

    assert show(listing, Output(show_headers=False)) == 1

    captured = capsys.readouterr()
    assert captured.err == "note\nfailure\n"
    assert len(captured.out.splitlines()) == 1


def test_empty_listing_is_reported_unless_something_failed(capsys: pytest.CaptureFixture[str]) -> None:
    assert show(Listing(rows=(), emptiness="nothing"), Output()) == 0
    assert capsys.readouterr() == ("", "nothing\n")

    assert show(Listing(rows=(), failures=("failure",), emptiness="nothing"), Output()) == 1
    assert capsys.readouterr() == ("", "failure\n")


def test_warning_is_kubectls(capsys: pytest.CaptureFixture[str]) -> None:
    warn(Printable("beware\x1b[2J"))

    assert capsys.readouterr().err == "warning: beware\\x1b[2J\n"


def test_no_cell_is_wider_than_a_screen(capsys: pytest.CaptureFixture[str]) -> None:
    wide = row(secret=secret_with({"x" * 300_000 + ".example": "puller"}))

    assert max(map(len, table(capsys, wide))) < 700


class Full:
    """A standard output on a full disk."""

    def write(self, _: str) -> int:
        raise OSError(errno.ENOSPC, "no space")

    def flush(self) -> None:
        """Do nothing."""


def test_result_that_cannot_be_written_is_an_output_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", Full())

    with pytest.raises(OutputError) as caught:
        print_line(Printable("x"))

    assert caught.value.line == "error: write standard output: no space left on device"


@pytest.mark.parametrize("number", [0, 1, 2])
def test_items_printed_one_by_one_are_one_document(capsys: pytest.CaptureFixture[str], number: int) -> None:
    items = [{"name": f"s{one}", "keys": [{"server": "a\nb"}], "empty": []} for one in range(number)]
    document = {"kind": "ThingList", "apiVersion": "v1", "errors": [], "summary": {"items": []}}

    print_json_items(document, iter(items))

    assert capsys.readouterr().out == json.dumps({**document, "items": items}, indent=4, sort_keys=True) + "\n"

    print_yaml_items(document, iter(items))

    assert capsys.readouterr().out == as_yaml({**document, "items": items})
