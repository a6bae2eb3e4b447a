"""Chromium without a window, driven through ChromeDriver: WebDriver, and the DevTools protocol for what that lacks."""

from __future__ import annotations

import base64
import json
import subprocess
import time
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",  # root, in containers
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
    "--force-device-scale-factor=1",
)

KEYS = {"Backspace": "\ue003", "Tab": "\ue004", "Enter": "\ue007", "Right": "\ue014", "Down": "\ue015"}
"""Keys by their names (WebDriver: 17.4.2)."""


@contextmanager
def running_chromium() -> Iterator[Chromium]:
    """A browser, which is gone afterwards."""
    command = ["chromedriver", "--port=0", "--log-level=WARNING"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as driver:
        try:
            browser = Chromium(f"http://127.0.0.1:{_port_of(driver)}")
            try:
                yield browser
            finally:
                browser.close()
        finally:
            driver.terminate()


def _port_of(driver: subprocess.Popen[str]) -> int:
    """The port that ChromeDriver says it listens on."""
    assert driver.stdout is not None
    for line in driver.stdout:
        if "started successfully on port" in line:
            return int(line.rstrip(".\n").rsplit(" ", 1)[1])
    raise AssertionError("chromedriver ended without a port")


class Chromium:
    """One window of one browser."""

    def __init__(self, url: str) -> None:
        self._url = url
        options = {
            "browserName": "chrome",
            "goog:chromeOptions": {"args": list(_ARGUMENTS)},
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
        }
        session = self._send("POST", "/session", {"capabilities": {"alwaysMatch": options}})
        self.version: str = session["capabilities"]["browserVersion"]
        self._url += f"/session/{session['sessionId']}"
        self._send("POST", "/timeouts", {"script": 300_000, "pageLoad": 300_000})  # the machine may be busy

    def close(self) -> None:
        """End the browser."""
        self._send("DELETE", "")

    def look(self, *, width: int, scheme: str = "light", media: str = "", has_script: bool = True) -> None:
        """Set how wide the window is, the color scheme of the system, `print` for paper, and whether scripts run."""
        self.devtools("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.devtools("Emulation.setEmulatedMedia", media=media, features=features)
        self.devtools("Emulation.setScriptExecutionDisabled", value=not has_script)

    def open(self, page: Path) -> None:
        """Open a file, until it is complete, and forget what was logged before."""
        self.requests(), self.messages()
        self._send("POST", "/url", {"url": page.as_uri()})

    def run(self, script: str) -> Any:  # noqa: ANN401 - JSON
        """What a script in the page returns."""
        return self._send("POST", "/execute/sync", {"script": script, "args": []})

    def wait_until(self, script: str) -> None:
        """Wait, at most ten seconds, until a script returns true: scrolling is smooth."""
        deadline = time.monotonic() + 10
        while not self.run(script):
            assert time.monotonic() < deadline, script

    def press(self, *keys: str) -> None:
        """Press keys by their names, or type texts."""
        strokes = [
            {"type": kind, "value": value}
            for key in keys
            for value in ([KEYS[key]] if key in KEYS else list(key))
            for kind in ("keyDown", "keyUp")
        ]
        actions = [{"type": "key", "id": "keyboard", "actions": strokes}]
        self._send("POST", "/actions", {"actions": actions})

    def devtools(self, method: str, **parameters: object) -> Any:  # noqa: ANN401 - JSON
        """Send a command of the DevTools protocol."""
        return self._send("POST", "/goog/cdp/execute", {"cmd": method, "params": parameters})

    def messages(self) -> list[str]:
        """What the console has, and what the browser complained of, since it was asked last."""
        return [entry["message"] for entry in self._send("POST", "/se/log", {"type": "browser"})]

    def requests(self) -> list[str]:
        """The URLs that were requested since it was asked last, also those that the page's policy refused."""
        entries = self._send("POST", "/se/log", {"type": "performance"})
        events = [json.loads(entry["message"])["message"] for entry in entries]
        return [event["params"]["request"]["url"] for event in events if event["method"] == "Network.requestWillBeSent"]

    def screenshot(self, element: str, height: int) -> bytes:
        """A window of this height, scrolled to the element that a selector finds, as WebP."""
        size = {"width": self.run("return innerWidth"), "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.devtools("Emulation.setDeviceMetricsOverride", **size)
        self.run(f"document.querySelector('{element}').scrollIntoView()")
        self.run("return new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
        return base64.b64decode(self.devtools("Page.captureScreenshot", format="webp", quality=70)["data"])

    def printed(self) -> bytes:
        """The page as PDF."""
        return base64.b64decode(self.devtools("Page.printToPDF", preferCSSPageSize=True)["data"])

    def _send(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - JSON
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._url + path, data, {"Content-Type": "application/json"}, method=method)  # noqa: S310
        with urllib.request.urlopen(request, timeout=300) as answer:  # noqa: S310 - ChromeDriver on this machine
            return json.load(answer)["value"]
