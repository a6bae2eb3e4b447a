"""Reads manifests as `kubectl apply -f` takes them: files, folders and standard input, of several documents and lists.

A document that cannot be parsed stops no other one: what is wrong with it is a line of `Declared.problems`.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pullsecret.credentials.bounded_read import STDIN, read_bounded, source_name
from pullsecret.errors import UsageError
from pullsecret.model.declared.declared import Declared, DeclaredObject, objects_of_document
from pullsecret.model.declared.file_line import FileLine
from pullsecret.model.declared.promised_secrets import KUSTOMIZATION
from pullsecret.model.go.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pullsecret.model.declared.declared import FieldPath
    from pullsecret.model.declared.file_line import ChartTemplate

EXTENSIONS = (".json", ".yaml", ".yml")
"""The files of a folder that kubectl reads (kubernetes: cli-runtime pkg/resource/builder.go, FileExtensions)."""

_LARGEST: Final = 64 * 1024 * 1024
"""Bytes of one file: charts render to a few MiB."""

_LARGEST_WITH_LINES: Final = 4 * 1024 * 1024
"""Characters of JSON whose lines are found: more of it is the output of a program, and not edited by hand."""

_KUSTOMIZATIONS: Final = frozenset({"kustomization.yaml", "kustomization.yml", "Kustomization"})
"""Files of kustomize, which need no `kind` (kustomize: api/konfig/general.go)."""

_SEPARATOR = re.compile(r"^---(?=\s|$).*\n?", re.MULTILINE)
_KIND = re.compile(r"""^["']?kind["']?\s*:|["']kind["']\s*:|[{,]\s*kind\s*:""", re.MULTILINE)
_DEFINITION = re.compile(r"^kind:\s*CustomResourceDefinition\s*$", re.MULTILINE)


def read_manifests(paths: Sequence[str], *, is_recursive: bool = False, finds_templates: bool = False) -> Declared:
    """Read all objects of files, folders, and of standard input for `-`.

    With `finds_templates`, the places of rendered charts have those of their templates.

    Raises:
        CredentialError: one that is named cannot be read.
        UsageError: one does not exist, a folder has no manifests, or standard input is empty.
    """
    objects: list[DeclaredObject] = []
    problems: list[str] = []
    for path in dict.fromkeys(paths):
        for file in files_of(path, is_recursive=is_recursive):
            found, wrong = read_objects(read_file(file), file, finds_templates=finds_templates)
            objects += found
            problems += wrong
    return Declared(objects=tuple(objects), problems=tuple(problems))


def read_file(file: str) -> bytes:
    """Read a file with manifests, or standard input for `-`; an empty one comes from a command that failed.

    Raises:
        CredentialError: it cannot be read.
        UsageError: standard input is empty.
    """
    data = read_bounded(file, largest=_LARGEST)
    if file == STDIN and not data.strip():
        raise UsageError("standard input is empty", hint="check the output of the command before the pipe")
    return data


def read_objects(data: bytes, file: str, *, finds_templates: bool = False) -> tuple[list[DeclaredObject], list[str]]:
    """The objects in the bytes of a file, and a line for each document that cannot be parsed."""
    found = tuple(_read_documents(data, "" if file == STDIN else file, finds_templates=finds_templates))
    problems = [f"error: {source_name(file)}{item}" for item in found if isinstance(item, str)]
    return [item for item in found if isinstance(item, DeclaredObject)], problems


def is_folder(path: str) -> bool:
    """Whether a path is a folder; no path with a NUL byte is."""
    return not _is_missing(path) and Path(path).is_dir()


def files_of(path: str, *, is_recursive: bool) -> Sequence[str]:
    """The files at a path: itself, or the manifests of a folder; raises UsageError if there are none."""
    if path == STDIN or not (Path(path).is_dir() or _is_missing(path)):
        return (path,)
    if _is_missing(path):
        raise UsageError(f'the path "{printable(path)}" does not exist')
    found = sorted(_files_in(path, is_recursive=is_recursive))
    if not found:
        raise UsageError(
            f"error reading [{printable(path)}]: recognized file extensions are [{' '.join(EXTENSIONS)}]",
            hint="" if is_recursive else "-R also reads the folders in it",
        )
    return found


def _is_missing(path: str) -> bool:
    try:
        return not os.path.lexists(path)
    except ValueError:  # a NUL byte, which read_bounded refuses in its words
        return False


def _files_in(folder: str, *, is_recursive: bool) -> Iterator[str]:
    for root, folders, files in os.walk(folder):
        yield from (str(Path(root, name)) for name in files if name.endswith(EXTENSIONS))
        if not is_recursive:
            folders.clear()


def _read_documents(data: bytes, file: str, *, finds_templates: bool) -> Iterator[DeclaredObject | str]:
    """The objects of a file, and for a document that cannot be parsed what follows the file's name in the message."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        yield " is not UTF-8 text"
        return
    kind = KUSTOMIZATION if Path(file).name in _KUSTOMIZATIONS else ""
    for line, document in _split(text):
        template = _template_of(document, line) if finds_templates else None
        yield from _read_document(document, FileLine(file=file, line=line, template=template), kind)


def _template_of(document: str, line: int) -> ChartTemplate | None:
    from pullsecret.files.chart_templates import template_of  # noqa: PLC0415  only for CI systems

    return template_of(document, line)


def _split(text: str) -> Iterator[tuple[int, str]]:
    """The YAML documents of a text, each with the line on which it begins; JSON is one document."""
    if text.lstrip().startswith("{"):
        yield 1, text
        return
    line, end = 1, 0
    for separator in _SEPARATOR.finditer(text):
        yield line, text[end : separator.start()]
        line += text.count("\n", end, separator.end())
        end = separator.end()
    yield line, text[end:]


def _read_document(text: str, place: FileLine, kind: str) -> Iterator[DeclaredObject | str]:
    """The objects of one document; `kind` is that of one that has none.

    Definitions of custom kinds, which are large and have no pods, are left out.
    """
    if not (kind or _KIND.search(text)) or _DEFINITION.search(text):
        return
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        yield from _read_yaml(text, place, kind)
        return
    lines = _lines_of_json(text, place.line)
    yield from objects_of_document(content, replace(place, line=min(lines.values(), default=place.line)), lines)


def _lines_of_json(text: str, first: int) -> Mapping[FieldPath, int]:
    """The lines of the fields of JSON, which is YAML, too; none for a text on one line, or beyond YAML's limits."""
    if "\n" not in text.strip() or len(text) > _LARGEST_WITH_LINES:
        return {}
    import yaml  # noqa: PLC0415  as below

    from pullsecret.yaml_text import documents_with_lines  # noqa: PLC0415

    try:
        return next((lines for _, lines in documents_with_lines(text, first)), {})
    except (yaml.YAMLError, ValueError, RecursionError):
        return {}


def _read_yaml(text: str, place: FileLine, kind: str) -> Iterator[DeclaredObject | str]:
    import yaml  # noqa: PLC0415  JSON on one line needs none

    from pullsecret.yaml_text import YamlLimitError, documents_with_lines  # noqa: PLC0415

    line = place.line
    try:
        for document, lines in documents_with_lines(text, place.line):
            begin = min(lines.values(), default=place.line)
            content = {"kind": kind, **document} if kind and isinstance(document, dict) else document
            yield from objects_of_document(content, replace(place, line=begin), lines)
    except YamlLimitError as error:
        why = str(error)
    except yaml.MarkedYAMLError as error:  # its own text can quote the document, which may have credentials
        line += error.problem_mark.line if error.problem_mark else 0
        why = "it is not valid YAML"
    except (yaml.YAMLError, ValueError, RecursionError):
        why = "it is not valid YAML"
    else:
        return
    template = "; it is a template, which must be rendered first (helm template)" if "{{" in text else ""
    yield f":{line}: cannot be parsed: {why}{template}"
