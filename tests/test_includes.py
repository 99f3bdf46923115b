# SPDX-License-Identifier: Apache-2.0
"""The one-way includes: who may include whom. docs/architecture.md shows the same table."""
import pathlib
import re

SRC = pathlib.Path(__file__).resolve().parent.parent / "src"

# folder -> the folders it may include, besides itself
ALLOWED = {
    "base": [],
    "ticket": ["base"],
    "config": ["base", "ticket"],
    "sqlite": ["base"],
    "net": ["base"],
    "ledger": ["base", "ticket"],
    "ledger/sqlite": ["base", "ticket", "ledger", "sqlite"],
    "queue": ["base"],
    "queue/embedded": ["base", "ticket", "queue", "sqlite"],
    "intake": ["base", "ticket", "ledger"],
    "intake/teams": ["base", "ticket", "intake", "net"],
    "intake/rest": ["base", "ticket", "intake", "net"],
    "desk": ["base", "ticket", "ledger", "queue", "net"],
    "app": ["base", "ticket", "config", "sqlite", "ledger", "ledger/sqlite", "queue", "queue/embedded", "intake",
            "intake/teams", "intake/rest", "desk", "net"],
    "": ["app"],  # main.cpp
}


def includes():
    for path in sorted(SRC.rglob("*")):
        if path.suffix in (".h", ".cpp"):
            folder = path.parent.relative_to(SRC).as_posix()
            for included in re.findall(r'#include "([^"]+)"', path.read_text()):
                if path.name.endswith("_test.cpp") and included.startswith("support/"):
                    continue  # tests/support
                yield path, "" if folder == "." else folder, included


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
