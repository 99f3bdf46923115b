# SPDX-License-Identifier: Apache-2.0
"""The one-way includes. The table of who may include whom stands in docs/architecture.md; this reads it from there."""
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent
SRC = ROOT / "src"


def read_table():
    """folder -> the folders it may include, besides itself"""
    table = {}
    section = (ROOT / "docs/architecture.md").read_text().split("## Who may include whom")[1].split("\n## ")[0]
    for folder, targets in re.findall(r"^\| `([^`]+)` \|(.*)\|$", section, re.MULTILINE):
        table["" if folder == "main.cpp" else folder] = re.findall(r"`([^`]+)`", targets)
    return table


ALLOWED = read_table()


def sources():
    for path in sorted(SRC.rglob("*")):
        if path.suffix in (".h", ".cpp"):
            folder = path.parent.relative_to(SRC).as_posix()
            yield path, "" if folder == "." else folder


def includes():
    for path, folder in sources():
        for included in re.findall(r'#include "([^"]+)"', path.read_text()):
            if path.name.endswith("_test.cpp") and included.startswith("support/"):
                continue  # tests/support
            yield path, folder, included


def test_every_folder_of_src_has_its_row_and_every_row_its_folder():
    assert {folder for _, folder in sources()} == set(ALLOWED)


def test_every_include_names_an_existing_file_below_src():
    wrong = [f"{path}: {included}" for path, _, included in includes() if not (SRC / included).is_file()]
    assert not wrong


def test_includes_go_one_way():
    wrong = []
    for path, folder, included in includes():
        target = pathlib.PurePosixPath(included).parent.as_posix()
        if target != folder and target not in ALLOWED[folder]:
            wrong.append(f"{path.relative_to(SRC)} includes {included}, but {folder} may not include {target}")
    assert not wrong, "\n".join(wrong)


def test_the_table_has_no_cycle():
    def reach(folder, seen):
        for target in ALLOWED[folder]:
            assert target not in seen, f"cycle through {target}"
            reach(target, seen | {target})
    for folder in ALLOWED:
        reach(folder, {folder})


def test_an_awaited_expression_holds_no_lambda_with_captures():
    """g++ 12 destroys the captures of such a lambda twice."""
    wrong = []
    for path, _ in sources():
        for statement in re.findall(r"co_await[^;{]*\[[^\]\s][^\]]*\]\s*(?:\([^)]*\))?\s*(?:mutable\s*)?(?:->[^{]*)?\{", path.read_text()):
            wrong.append(f"{path.relative_to(SRC)}: {statement[:80]}")
    assert not wrong, "\n".join(wrong)


def conditions(line):
    for found in re.finditer(r"\b(?:if|while) (?:constexpr )?\(", line):
        depth, end = 1, found.end()
        while depth and end < len(line):
            depth += {"(": 1, ")": -1}.get(line[end], 0)
            end += 1
        yield line[found.end():end]


def test_no_condition_awaits():
    """g++ 12 makes a frame that cannot be resumed of `while (x) { if (!co_await f()) break; }`; the result gets a name first."""
    wrong = []
    for path, _ in sources():
        for number, line in enumerate(path.read_text().splitlines(), 1):
            wrong += [f"{path.relative_to(SRC)}:{number}: {line.strip()}" for condition in conditions(line) if "co_await" in condition]
    assert not wrong, "\n".join(wrong)
