"""Measure a checkout: how far it is from a call to its effect, and how much there is to read.

`.venv/bin/python build/measure.py [--suites] [CHECKOUT]` measures this checkout unless another is named; --suites also
runs its build/test.sh. A command runs in this process against a small stand-in for an API server, and every call of a
function in the package is recorded. Names are discovered, so the same program measures an older checkout, too.
"""

from __future__ import annotations

import argparse
import base64
import io
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import FrameType

HERE = Path(__file__).resolve().parent.parent
SENDS = {"send", "sendall", "sendmsg"}
IS_FUNCTION = 0x1
"""The flag of code that belongs to a function, and not to a module or to the body of a class (inspect.CO_OPTIMIZED)."""
RULE = "PS203"
LISTS = {"secrets": "SecretList", "serviceaccounts": "ServiceAccountList", "pods": "PodList"}
OLD_VOICE = (
    "anew|mend(?:s|ed|ing)?|heal(?:s|ed|ing)?|cure[sd]?|remed(?:y|ies)|treatments?|ward|clues?|in vain|of old"
    "|(?-i:is none)|that is no|nobody|whoever|wherever|somebody else(?:'s)?|shall|told|besides"
    "|plug-ins?|user names?|time-outs?|white space|verbs?|journeys?|travels?"
)
"""Words that the project's English once had, and kubectl's does not (RBAC's verbs are counted, too)."""
READ = ("*.md", "docs/**/*.md", "plugins/**/*.py", "tests/**/*.py", "build/**/*.py", "build/**/*.sh")
"""What a person reads."""


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A request at the moment at which it goes into a socket."""

    stack: tuple[tuple[str, str], ...]
    """The calls that led to it, outermost first: the file in the package, or "", and the function."""
    files: int
    """How many files of the package had been entered."""


@dataclass(kw_only=True)
class Trace:
    """The calls of a run, and the requests that it sent."""

    package: str
    functions: set[tuple[str, str]] = field(default_factory=set)
    files: set[str] = field(default_factory=set)
    sent: dict[int, Sent] = field(default_factory=dict)
    requests: list[tuple[str, Sent]] = field(default_factory=list)

    def record(self, frame: FrameType, event: str, called: Any) -> None:  # noqa: ANN401  Python's word for it
        """Record a call that sys.setprofile reports."""
        if event == "call":
            code = frame.f_code
            is_ours = code.co_filename.startswith(self.package) and code.co_flags & IS_FUNCTION
            if is_ours and not self.is_importing(frame):
                self.functions.add((code.co_filename, code.co_qualname))
                self.files.add(code.co_filename)
        elif event == "c_call" and called.__name__ in SENDS:
            owner = getattr(called, "__self__", None)
            if isinstance(owner, socket.socket) and owner.family == socket.AF_INET:
                sent = Sent(stack=tuple(self.stack_of(frame)), files=len(self.files))
                self.sent.setdefault(owner.getsockname()[1], sent)

    def is_importing(self, frame: FrameType | None) -> bool:
        """Whether a module of the package is being imported: what that calls is no step of the command."""
        while frame:
            code = frame.f_code
            if code.co_name == "<module>" and code.co_filename.startswith(self.package):
                return True
            frame = frame.f_back
        return False

    def stack_of(self, frame: FrameType | None) -> list[tuple[str, str]]:
        """Return the calls that led to a frame, outermost first."""
        found: list[tuple[str, str]] = []
        while frame:
            name = frame.f_code.co_filename
            found.append((name if name.startswith(self.package) else "", frame.f_code.co_qualname))
            frame = frame.f_back
        return found[::-1]


class StandIn(BaseHTTPRequestHandler):
    """Answers as an API server with one pull secret in namespace default and nothing else that matters."""

    protocol_version = "HTTP/1.1"
    trace: Trace

    def answer(self) -> None:
        """Record the request, and answer it."""
        if seen := self.trace.sent.get(self.client_address[1]):
            self.trace.requests.append((self.command, seen))
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        status, found = answer_to(self.command, self.path.partition("?")[0], body)
        content = json.dumps(found).encode()
        self.trace.sent.pop(self.client_address[1], None)
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PATCH = do_PUT = answer  # noqa: N815  the names are http.server's

    def log_message(self, *_: object) -> None:
        """Do not log."""


def answer_to(method: str, path: str, body: bytes) -> tuple[int, dict[str, Any]]:
    """Return the status and the object of an answer."""
    *place, collection, name = path.strip("/").split("/")
    if method == "POST":
        made = json.loads(body)
        return 201, {**made, "metadata": {**made["metadata"], "uid": "u", "resourceVersion": "1"}}
    if name in LISTS:
        return 200, {"kind": LISTS[name], "apiVersion": "v1", "metadata": {}, "items": []}
    namespace = place[-1] if place[-2:-1] == ["namespaces"] else ""
    meta = {"name": name, "namespace": namespace, "uid": "u", "resourceVersion": "1"}
    if collection == "secrets" and namespace != "default":
        return 404, {"kind": "Status", "status": "Failure", "reason": "NotFound", "code": 404, "message": "not found"}
    if collection == "secrets":
        data = {".dockerconfigjson": base64.b64encode(docker_config("reg.example").encode()).decode()}
        return 200, {"kind": "Secret", "metadata": meta, "type": "kubernetes.io/dockerconfigjson", "data": data}
    kind = "ServiceAccount" if collection == "serviceaccounts" else "Namespace"
    return 200, {"kind": kind, "apiVersion": "v1", "metadata": meta, "status": {"phase": "Active"}}


def docker_config(server: str) -> str:
    """Return a docker config with one entry, of random credentials."""
    pair = base64.b64encode(f"puller:{os.urandom(9).hex()}".encode()).decode()
    return json.dumps({"auths": {server: {"auth": pair}}})


@contextmanager
def serve_stand_in(trace: Trace, directory: Path) -> Iterator[Path]:
    """Run a stand-in, and yield a kubeconfig for it."""
    with ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (StandIn,), {"trace": trace})) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        config = {
            "current-context": "c",
            "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
            "clusters": [{"name": "c", "cluster": {"server": f"http://127.0.0.1:{server.server_port}"}}],
            "users": [{"name": "u", "user": {"token": "t"}}],
        }
        path = directory / "kubeconfig"
        path.write_text(json.dumps(config))
        yield path
        server.shutdown()


def trace_command(checkout: Path, *words: str) -> Trace:
    """Run a command in this process, and return its calls."""
    from pullsecret.main import main as pullsecret  # noqa: PLC0415  the checkout's own

    trace = Trace(package=str(checkout / "plugins" / "pullsecret"))
    said = io.StringIO()
    with tempfile.TemporaryDirectory() as directory, serve_stand_in(trace, Path(directory)) as kubeconfig:
        os.environ["KUBECONFIG"] = str(kubeconfig)
        with redirect_stdout(said), redirect_stderr(said):
            threading.setprofile(trace.record)
            sys.setprofile(trace.record)
            try:
                pullsecret(list(words), "kubectl pullsecret")
            finally:
                sys.setprofile(None)
                threading.setprofile(None)
    return trace


def measure_calls(checkout: Path) -> Iterator[tuple[str, object]]:
    """Yield what `copy --attach` enters, and how a request gets from the client to the socket."""
    trace = trace_command(checkout, "copy", "regcred", "--to", "team-a", "--attach")
    requests = dict(reversed(trace.requests))  # the first of each method
    post = requests["POST"]
    ours = [(file, name) for file, name in post.stack if file]
    start = next(number for number, (file, _) in enumerate(ours) if file.endswith("/client.py"))
    for place, calls in (("worker", ours), ("client", ours[start:])):
        yield f"frames, files from {place} to socket for a POST", f"{len(calls)}, {len({file for file, _ in calls})}"
    yield "files entered before the first GET of copy --attach", requests["GET"].files
    yield "files entered until the POST of copy --attach", post.files


def measure_rule(checkout: Path) -> Iterator[tuple[str, object]]:
    """Yield which files know a rule of check: those with a function that runs only if there is a finding."""
    functions = []
    for server in ("us.icr.io/v2", "us.icr.io"):
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            file.write(docker_config(server))
            file.flush()
            functions.append(trace_command(checkout, "check", "--from-file", file.name).functions)
    files = {file for file, _ in functions[0] - functions[1]}
    mentions = [path for path in (checkout / "plugins").rglob("*.py") if RULE in path.read_text()]
    yield f"files with functions that run only for a finding of {RULE}", len(files)
    yield f"files that mention {RULE}", len(mentions)


def measure_text(checkout: Path) -> Iterator[tuple[str, object]]:
    """Yield how much there is to read, and how much of it in the old voice."""
    yield "lines of README", len((checkout / "README.md").read_text().splitlines())
    for folder in ("plugins", "build", "tests"):
        files = list((checkout / folder).rglob("*.py"))
        yield f"Python in {folder}: files, lines", f"{len(files)}, {sum(len(lines_of(file)) for file in files)}"
    paths = {path for pattern in READ for path in checkout.glob(pattern)} - {Path(__file__).resolve()}
    pattern = re.compile(rf"\b(?:{OLD_VOICE})\b", re.IGNORECASE)
    found = Counter(word.lower() for path in paths for word in pattern.findall(path.read_text()))
    most = ", ".join(f"{word} {number}" for word, number in found.most_common(8))
    yield "words of the old voice", f"{found.total()} ({most})"


def lines_of(file: Path) -> list[str]:
    """Return the lines of a file."""
    return file.read_text().splitlines()


def measure_suite(checkout: Path, *, runs: bool) -> Iterator[tuple[str, object]]:
    """Yield how many tests there are, and how long they take."""
    collect = [sys.executable, "-m", "pytest", "--collect-only", "--quiet", "-p", "no:cacheprovider"]
    said = subprocess.run(collect, cwd=checkout, stdout=subprocess.PIPE, text=True, check=False).stdout
    number = re.search(r"^(\d+)(?:/\d+)? tests? collected", said, re.MULTILINE)
    yield "tests of build/test.sh", number[1] if number else "unknown"
    if runs:
        began = time.monotonic()
        status = subprocess.run([checkout / "build" / "test.sh"], stdout=subprocess.DEVNULL, check=False).returncode
        yield "minutes of build/test.sh", f"{(time.monotonic() - began) / 60:.1f}, exit status {status}"


def main(arguments: Sequence[str]) -> int:
    """Print a line for each figure."""
    parser = argparse.ArgumentParser(prog="build/measure.py", description="Measure a checkout.")
    parser.add_argument("checkout", nargs="?", type=Path, default=HERE)
    parser.add_argument("--suites", action="store_true", help="also run build/test.sh there")
    asked = parser.parse_args(arguments)
    checkout: Path = asked.checkout.resolve()
    sys.path.insert(0, str(checkout / "plugins"))
    for figures in (measure_calls, measure_rule, measure_text):
        for name, figure in figures(checkout):
            print(f"{name:<58} {figure}", flush=True)
    for name, figure in measure_suite(checkout, runs=asked.suites):
        print(f"{name:<58} {figure}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
