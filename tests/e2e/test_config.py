# SPDX-License-Identifier: Apache-2.0
"""The configuration through the real program: faults with their places, secrets that never show, and documents that name every key."""
import json
import os
import re
import subprocess

from harness import BINARY, ROOT, SECRET, run

OTHER = "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8="
TOKENS = ["token-in-the-file-0123456789", "token-in-the-environment-0123", "token-in-a-file-of-its-own-012"]
EXAMPLE = ROOT / "deploy/pointsman.example.toml"

EVERYTHING = f"""
language_default = "de"
[server]
trusted_proxies = ["10.0.0.0/8"]
tls = {{ certificate = "c.pem", key = "k.pem" }}
[[teams]]
name = "it"
secret = "{SECRET}"
secret_env = "SECOND_SECRET"
tenants = ["tenant-1"]
[[api_token]]
name = "one"
token = "{TOKENS[0]}"
[[api_token]]
name = "two"
token_env = "TWO"
[[api_token]]
name = "three"
token_file = "three"
[[priority]]
name = "high"
[[field]]
name = "Location"
"""


def environment(**more):
    return {k: v for k, v in os.environ.items() if not k.startswith("POINTSMAN_")} | more


def write(folder, text):
    (folder / "pointsman.toml").write_text(text)
    return folder / "pointsman.toml"


def check(folder, text, *args, **env):
    return run("config", "check", "--config", write(folder, text), *args, env=environment(**env), cwd=folder)


def everything(folder, command, *args):
    (folder / "three").write_text(TOKENS[2] + "\n")
    write(folder, EVERYTHING)
    return run("config", command, *args, cwd=folder, env=environment(SECOND_SECRET=OTHER, TWO=TOKENS[1]))


def test_every_fault_is_reported_at_once_with_its_place(tmp_path):
    text = '[server]\nlisen = "x"\n[limits]\nbody_bytes = "many"\n[[teams]]\nname = "it"\nsecret = "not base64!"\n[archive]\n'
    done = check(tmp_path, text)
    file = tmp_path / "pointsman.toml"
    assert (done.returncode, done.stdout) == (1, "")
    lines = done.stderr.splitlines()
    assert [line.split(": ")[0] for line in lines] == [f"{file}:2:1", f"{file}:4:14", f"{file}:7:10", f"{file}:8:2", "pointsman"]
    assert 'did you mean "listen"?' in lines[0] and "44 characters" in lines[2] and "archive: there is no such key" in lines[3]
    assert "not base64!" not in done.stderr
    done = check(tmp_path, text, "--json")
    answer = json.loads(done.stdout)
    assert done.returncode == 1 and answer["ok"] is False
    assert [(p["line"], p["column"]) for p in answer["problems"]] == [(2, 1), (4, 14), (7, 10), (8, 2)]
    assert all(set(p) == {"file", "line", "column", "message"} and p["file"] == str(file) for p in answer["problems"])


def test_a_fault_stops_the_server_before_anything_is_made(tmp_path):
    write(tmp_path, '[[teams]]\nname = "it"\nsecret = "not base64!"\n')
    done = run("serve", "--data", tmp_path / "data", cwd=tmp_path)
    assert done.returncode == 1 and "pointsman.toml:3:10" in done.stderr and "nothing was started" in done.stderr
    assert not (tmp_path / "data").exists()


def test_a_secret_in_the_environment_is_judged_by_name(tmp_path):
    done = run("config", "check", cwd=tmp_path, env=environment(POINTSMAN_TEAMS_SECRET="hunter2", POINTSMAN_API_TOKEN="short"))
    assert done.returncode == 1
    assert "$POINTSMAN_TEAMS_SECRET" in done.stderr and "$POINTSMAN_API_TOKEN" in done.stderr and "hunter2" not in done.stderr


def test_a_good_file_is_fine_and_found_in_three_ways(tmp_path):
    good = write(tmp_path, "[log]\nlevel = \"warn\"\n")
    for more in ({"cwd": tmp_path}, {"cwd": "/", "env": environment(POINTSMAN_CONFIG=str(good))}):
        assert run("config", "check", **more).stdout.endswith(": fine.\n")
    assert json.loads(run("config", "check", "--json", "--config", good).stdout) == {"ok": True, "problems": []}
    assert "all defaults" in run("config", "check", cwd="/", env=environment()).stdout
    done = run("config", "check", "--config", tmp_path / "absent.toml")
    assert done.returncode == 1 and "absent.toml" in done.stderr and "cannot be read" in done.stderr
    assert json.loads(run("config", "show", "--json", "--config", good).stdout)["log"]["level"] == "warn"


def test_no_secret_of_any_kind_is_ever_shown(tmp_path):
    for command, args in (("show", []), ("show", ["--json"]), ("check", []), ("check", ["--json"])):
        done = everything(tmp_path, command, *args)
        assert done.returncode == 0, done.stderr
        for secret in (SECRET, OTHER, *TOKENS):
            assert secret not in done.stdout + done.stderr
    shown = everything(tmp_path, "show").stdout
    assert shown.count("***") == 5


def test_what_is_shown_is_taken_again_and_means_the_same(tmp_path):
    shown = everything(tmp_path, "show").stdout
    tokens = iter(TOKENS)
    filled = re.sub(r"(token = )(['\"])\*\*\*\2", lambda found: f'{found[1]}"{next(tokens)}"', shown)
    secrets = iter((SECRET, OTHER))
    filled = re.sub(r"(['\"])\*\*\*\1", lambda found: f'"{next(secrets)}"', filled)
    assert "***" not in filled
    again = tmp_path / "again"
    again.mkdir()
    done = check(again, filled)
    assert done.returncode == 0, done.stderr
    assert run("config", "show", "--config", again / "pointsman.toml").stdout == shown


def test_a_secret_file_beside_the_configuration_opens_the_server(tmp_path, make_server):
    folder = tmp_path / "server"
    folder.mkdir()
    (folder / "secret").write_text(OTHER + "\r\n")
    server = make_server(config=f'[[teams]]\nname = "it"\nsecret_file = "secret"\nsecret = "{SECRET}"\n')
    for secret in (SECRET, OTHER):
        assert server.teams(b'{"type":"message","text":"help"}', team="it", secret=secret).status == 200
    assert server.teams(b'{"type":"message","text":"help"}', team="it", secret=OTHER[4:]).status == 401


# What the documents say


def shown_keys(value, path=""):
    """(table, key) of everything that `config show --json` shows."""
    for key, inner in value.items():
        if isinstance(inner, dict):
            yield from shown_keys(inner, f"{path}.{key}" if path else key)
        elif isinstance(inner, list) and inner and isinstance(inner[0], dict):
            for entry in inner:
                yield from shown_keys(entry, f"[{key}]")
        else:
            yield path, key


def documented_keys():
    for title, body in re.findall(r"^## (.*?)\n(.*?)(?=^## |\Z)", (ROOT / "docs/configuration.md").read_text(), re.M | re.S):
        table = "" if title == "Top level" else re.fullmatch(r"`\[(.*)\]`", title)[1]
        rows = re.findall(r"^\| `(\w+)` \| ([^|]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", body, re.M)
        assert rows and len(rows) == len([line for line in body.splitlines() if line.startswith("| `")]), title
        for key, *_ in rows:
            yield table, key


def test_the_document_names_every_key_and_no_other(tmp_path):
    shown = set(shown_keys(json.loads(everything(tmp_path, "show", "--json").stdout)))
    documented = list(documented_keys())
    assert len(documented) == len(set(documented))
    assert set(documented) == shown


def test_the_documented_defaults_are_the_real_ones():
    real = json.loads(run("config", "show", "--json", cwd="/", env=environment()).stdout)
    text = (ROOT / "docs/configuration.md").read_text()
    checked = 0
    for title, body in re.findall(r"^## `\[(\w+)\]`\n(.*?)(?=^## |\Z)", text, re.M | re.S):
        for key, default in re.findall(r"^\| `(\w+)` \| [^|]+ \| `([^`|]+)` \|", body, re.M):
            assert json.loads(default) == real[title][key], (title, key)
            checked += 1
    assert checked > 25


def uncommented(text):
    """The example with every commented setting taken in: lines like "#key = ..." and "#[table]"."""
    return re.sub(r"^#(?=\w+ = |\[)", "", text, flags=re.M)


def test_the_example_is_good_as_it_is_and_with_every_setting_taken_in(tmp_path):
    done = run("config", "check", "--config", EXAMPLE, env=environment())
    assert done.returncode == 0, done.stderr
    defaults = run("config", "show", cwd=tmp_path, env=environment()).stdout
    assert run("config", "show", "--config", EXAMPLE, env=environment()).stdout == defaults
    env = {"POINTSMAN_IT_SECRET": SECRET, "POINTSMAN_SCRIPTS_TOKEN": TOKENS[0]}
    done = check(tmp_path, uncommented(EXAMPLE.read_text()), **env)
    assert done.returncode == 0, done.stderr


def test_the_example_holds_every_key(tmp_path):
    write(tmp_path, uncommented(EXAMPLE.read_text()))
    env = environment(POINTSMAN_IT_SECRET=SECRET, POINTSMAN_SCRIPTS_TOKEN=TOKENS[0])
    text = uncommented(EXAMPLE.read_text())
    assert run("config", "check", cwd=tmp_path, env=env).returncode == 0
    table, held = "", set()
    for line in text.splitlines():
        if found := re.fullmatch(r"\[(.+)\]", line):
            table = found[1]
        elif found := re.match(r"(\w+) = ", line):
            held.add((table, found[1].removesuffix("_env")))
    assert held == set(documented_keys())


def test_every_setting_of_the_example_has_a_comment_above_it():
    above = ""
    for line in EXAMPLE.read_text().splitlines():
        if re.match(r"#(\w+ = |\[)", line):
            assert above.startswith("#"), line
        above = line if line else ""


def test_a_file_that_is_no_text_is_refused(tmp_path):
    (tmp_path / "bad.toml").write_bytes(b"\xff\xfe\x00[server]\n")
    done = subprocess.run([BINARY, "config", "check", "--config", tmp_path / "bad.toml"], capture_output=True, text=True)
    assert done.returncode == 1 and "bad.toml" in done.stderr
