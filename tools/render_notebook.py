"""Take pictures of a notebook in a real JupyterLab, in light and dark: a look before a release.

    render_notebook.py NOTEBOOK.ipynb FOLDER

Runs the notebook, starts a JupyterLab for this computer alone, opens the result in a headless
Chromium that is tall enough for the whole notebook, and writes FOLDER/NAME-light.png and
FOLDER/NAME-dark.png. Needs the extra "notebook" of linclf, and chromium.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--hide-scrollbars",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--virtual-time-budget=20000",
]
THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}
START_SECONDS = 60


def free_port():
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(url, server):
    """Wait until a server answers."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        try:
            direct.open(url, timeout=5).close()
            return
        except OSError:
            time.sleep(0.3)
    raise SystemExit(f"JupyterLab does not answer at {url}")


def start(folder, theme):
    """Start a JupyterLab with a theme for the notebooks in a folder; return it and its address."""
    settings = folder / "settings"
    for name, values in {
        "apputils-extension/themes": {"theme": theme},
        "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
        "notebook-extension/tracker": {"windowingMode": "none"},  # all cells, not what is in view
    }.items():
        file = settings / "@jupyterlab" / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(values))
    port = free_port()
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    command += ["--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}"]
    command += ["--IdentityProvider.token=", f"--ServerApp.root_dir={folder / 'notebooks'}"]
    command += [f"--LabApp.user_settings_dir={settings}"]
    command += [f"--LabApp.workspaces_dir={folder / 'workspaces'}"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return server, f"http://127.0.0.1:{port}/"


def picture(browser, notebook, theme, folder, target, height):
    """Take a picture of one notebook."""
    server, url = start(folder, theme)
    try:
        wait_for(f"{url}api", server)
        command = [browser, *FLAGS, f"--user-data-dir={folder / 'browser'}"]
        command += [f"--window-size=1280,{height}", f"--screenshot={target}"]
        page = f"{url}doc/tree/{notebook.name}"
        subprocess.run([*command, page], check=True, capture_output=True, timeout=180)
    finally:
        server.terminate()
        server.wait()


def main(notebook, folder):
    """Run the notebook, then take a picture of it in each theme."""
    notebook, folder = Path(notebook), Path(folder)
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        raise SystemExit("there is no chromium to take pictures with")
    folder.mkdir(parents=True, exist_ok=True)
    height = int(os.environ.get("LINCLF_PICTURE_HEIGHT", "12000"))
    for name, theme in THEMES.items():
        with tempfile.TemporaryDirectory() as scratch:
            place = Path(scratch)
            (place / "notebooks").mkdir()
            command = [sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute"]
            command += ["--allow-errors", f"--output-dir={place / 'notebooks'}", str(notebook)]
            subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
            target = (folder / f"{notebook.stem}-{name}.png").resolve()
            picture(browser, notebook, theme, place, target, height)
            print(target)


if __name__ == "__main__":
    main(*sys.argv[1:])
