# SPDX-License-Identifier: Apache-2.0
"""The documents: no dead links, no names of files and commands that are not there, every package of Debian explained."""
import json
import re
import subprocess

import pytest

from harness import ROOT, run

GENERATED = {"build", "pointsman-data", ".git"}
DOCUMENTS = sorted(path for path in ROOT.rglob("*.md") if not GENERATED & set(path.relative_to(ROOT).parts))


def without_code(text):
    return re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)


def anchors(path):
    """The headings of a document as links name them."""
    headings = re.findall(r"^#+ (.+)$", without_code(path.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def links(path):
    return [link for link in re.findall(r"\]\(([^)\s]+)\)", without_code(path.read_text())) if not re.match(r"[a-z]+:", link)]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(path):
    dead = []
    for link in links(path):
        file, _, anchor = link.partition("#")
        target = path.parent / file if file else path
        if not target.exists() or (anchor and anchor not in anchors(target)):
            dead.append(link)
    assert not dead


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_file_that_is_named_exists(path):
    """`net/request_reader` is a file of src/, with any ending; `docs/limits.md` one of the project."""
    named = re.findall(r"(?<![\w/.])((?:src|docs|tests|deploy|fuzz|bench|app|base|config|desk|intake|ledger|net|queue|sqlite|ticket|tunnel)"
                       r"/[a-z_./-]*[a-z_])(?![\w/*<{])", path.read_text().replace("src/...", ""))
    def exists(name):
        return any(list(folder.glob(name)) or list(folder.glob(name + ".*")) for folder in (ROOT, ROOT / "src"))
    missing = [name for name in named if not exists(name)]
    assert not missing


def shell_lines():
    """(document, line) of every code block that is a shell's or nobody's."""
    for path in DOCUMENTS:
        language = None  # of the block that we are in
        for line in path.read_text().splitlines():
            if fence := re.match(r"\s*```(\w*)", line):
                language = fence[1] if language is None else None
            elif language in ("", "sh"):
                yield path, line


def test_the_commands_in_the_documents_are_commands():
    """Every `pointsman ...` in a code block is one that the program knows, with the options it has."""
    wrong, tried, help_of = [], 0, {}
    for path, line in shell_lines():
        for command in re.findall(r"(?:^|[\s(])pointsman ([a-z][^#|)]*)", line.removeprefix("sudo -u pointsman ")):
            words = tuple(re.match(r"[a-z]+(?: [a-z]+)?", command)[0].split())
            for known in (words, words[:1]):
                if known not in help_of:
                    help_of[known] = run(*known, "--help")
                told = help_of[known]
                if told.returncode == 0:
                    break
            missing = [option for option in re.findall(r"(?<!\S)--[a-z-]+", command) if option not in told.stdout]
            if told.returncode != 0 or missing:
                wrong.append(f"{path.name}: pointsman {command}: {missing or told.stderr}")
            tried += 1
    assert not wrong, "\n".join(wrong)
    assert tried > 10


def test_every_package_that_is_installed_is_explained():
    installed = re.findall(r'^(build|run|test|deep|bench)="([^"]*)"', (ROOT / "deploy/install-packages").read_text(), re.MULTILINE)
    rows = re.findall(r"^\| ([^|]+) \| (\w+) \|", (ROOT / "docs/dependencies.md").read_text(), re.MULTILINE)
    explained = {(group, name) for names, group in rows for name in names.split(", ")}
    assert len(installed) == 5
    assert {(group, name) for group, names in installed for name in names.split()} == explained - {("group", "package")}


def test_the_presets_that_are_promised_exist():
    presets = {preset["name"] for preset in json.loads((ROOT / "CMakePresets.json").read_text())["buildPresets"]}
    assert {"dev", "release", "asan", "tsan", "tidy", "fuzz"} <= presets
    listed = subprocess.run(["cmake", "--list-presets=all"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert all(f'"{preset}"' in listed for preset in presets)
