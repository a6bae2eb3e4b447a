"""The comparison with golden files itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import golden_files
from golden_files import assert_golden

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(golden_files, "FOLDER", tmp_path)
    monkeypatch.delenv(golden_files.UPDATE, raising=False)
    (tmp_path / "copy.txt").write_text("=== created\nsecret/x created in namespace {namespace}\n\n=== none\n\n")
    return tmp_path


@pytest.mark.usefixtures("folder")
def test_equal_text_passes_with_values_as_placeholders() -> None:
    assert_golden("copy/created", "secret/x created in namespace a-1\n", namespace="a-1")
    assert_golden("copy/none", "")


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("name", ["copy/created", "copy/absent", "absent/created"])
def test_other_text_and_absent_section_fail(name: str) -> None:
    with pytest.raises(AssertionError):
        assert_golden(name, "secret/y created in namespace a-1", namespace="a-1")


def test_update_writes_the_section_and_keeps_the_others(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(golden_files.UPDATE, "1")

    assert_golden("copy/kept", "one\n\ntwo", namespace="a-1")

    assert (folder / "copy.txt").read_text() == (
        "=== created\nsecret/x created in namespace {namespace}\n\n=== kept\none\n\ntwo\n\n=== none\n\n"
    )
