"""Headless Chromium over a pipe: run a page, ask it, and keep what it says and asks for. No library is needed."""

import json
import os
import shutil
import subprocess
import time
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
PROGRAM = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
WHY_NOT = "no Chromium is found: install it, or name it in CHROMIUM"
OPTIONS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe", "--hide-scrollbars")
QUIET = ("--disable-background-networking", "--no-first-run", "--disable-extensions", "--mute-audio")


class Browser:
    """One page. ``console``: all that it logged or threw; ``requests``: the addresses that it asked for."""

    def __init__(self, folder: Path, width: int = 1400, height: int = 1200):
        reads, ours = os.pipe()
        theirs, writes = os.pipe()
        self.out, self.into, self.number = ours, theirs, 0
        self.console, self.requests = [], []

        def pipes():  # Chromium reads 3 and writes 4
            os.dup2(reads, 100), os.dup2(writes, 101)
            os.dup2(100, 3), os.dup2(101, 4)

        command = [
            PROGRAM,
            *OPTIONS,
            *QUIET,
            f"--user-data-dir={folder}",
            f"--window-size={width},{height}",
            "about:blank",
        ]
        self.process = subprocess.Popen(
            command, preexec_fn=pipes, close_fds=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        os.close(reads), os.close(writes)
        self.rest, self.session = b"", None
        target = next(t for t in self.ask("Target.getTargets")["targetInfos"] if t["type"] == "page")
        self.session = self.ask("Target.attachToTarget", targetId=target["targetId"], flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.ask(f"{domain}.enable")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        os.close(self.out), os.close(self.into)

    def ask(self, method: str, **params):
        """The answer to one call of the DevTools protocol."""
        self.number += 1
        message = {"id": self.number, "method": method, "params": params}
        message |= {"sessionId": self.session} if self.session else {}
        os.write(self.out, json.dumps(message).encode() + b"\0")
        while True:
            found = self._next()
            if found.get("id") == self.number:
                assert "error" not in found, (method, found["error"])
                return found["result"]
            self._keep(found)

    def open(self, file: Path, address: str = "") -> None:
        self.ask("Page.navigate", url="about:blank")
        self.ask("Page.navigate", url=f"{file.resolve().as_uri()}{address}")
        end = time.monotonic() + 60
        while time.monotonic() < end:
            if self.run("location.protocol === 'file:' && document.readyState === 'complete'"):
                return
            time.sleep(0.05)
        raise TimeoutError(file)

    def run(self, script: str):
        """The value of an expression, awaited."""
        said = {"expression": script, "awaitPromise": True, "returnByValue": True}
        found = self.ask("Runtime.evaluate", **said)
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def size(self, width: int, height: int = 900) -> None:
        said = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.ask("Emulation.setDeviceMetricsOverride", **said)

    def _next(self) -> dict:
        while b"\0" not in self.rest:
            read = os.read(self.into, 1 << 20)
            assert read, "Chromium ended"
            self.rest += read
        one, _, self.rest = self.rest.partition(b"\0")
        return json.loads(one)

    def _keep(self, event: dict) -> None:
        method, params = event.get("method"), event.get("params", {})
        if method == "Runtime.consoleAPICalled":
            self.console.append([one.get("value", one.get("description")) for one in params["args"]])
        elif method == "Runtime.exceptionThrown":
            self.console.append(params["exceptionDetails"])
        elif method == "Log.entryAdded":
            self.console.append(params["entry"]["text"])
        elif method == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])
