"""What holds for every file: places, limits, all problems at once, and never a traceback."""

from __future__ import annotations

import random
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import careflow
from careflow.loader import files
from careflow.loader.tree import build_tree

RULES = {
    file.name: file.read_text(encoding="utf-8")
    for file in sorted((Path(__file__).resolve().parent.parent / "rules").glob("*.yaml"))
}
HEAD = "careflow: 1\nplaybook: {0}\ntitle: A firm\n"
FIRM = HEAD.format("firm") + "zone: Asia/Ho_Chi_Minh\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("firm")


def write(folder: Path, **texts: str) -> Path:
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder / f"{next(iter(texts))}.yaml"


def checked(folder: Path, text: str) -> list[tuple[int, str]]:
    start = time.perf_counter()
    found = careflow.check(write(folder, firm=text))
    assert time.perf_counter() - start < 1
    assert list(found) == sorted(found)
    return [(each.line, each.check) for each in found]


# --- parts that are repeated


def test_repeated_parts_keep_the_places_where_they_were_written(folder: Path) -> None:
    text = FIRM + "caps:\n  - &one {max: many, per: 7 days}\n  - {<<: *one, per: day}\n  - *one\n"
    assert checked(folder, text) == [(6, "bad-number")]
    text = text.replace("many", "3")
    (playbook,) = careflow.load(write(folder, firm=text)).handbook.playbooks
    assert [cap.most for cap in playbook.policy.caps] == [3, 3, 3]


def test_own_keys_go_before_those_taken_over() -> None:
    tree, problems = build_tree("a: &a {x: 1, y: 2}\nb: {y: 3, <<: *a, z: 4}\n", "f")
    assert (tree["b"], problems) == ({"y": "3", "x": "1", "z": "4"}, [])
    tree, problems = build_tree("a: {<<: [{x: 1}, {x: 2, y: 3}], '<<': 4}\n", "f")
    assert (tree["a"], problems) == ({"x": "1", "y": "3", "<<": "4"}, [])


def bomb(part: str, around: str, levels: int) -> str:
    lines = [f"  k0: &k0 {part}\n"]
    for level in range(1, levels):
        again = ", ".join([f"*k{level - 1}"] * 9)
        lines.append(f"  k{level}: &k{level} {around % again}\n")
    return "".join(lines)


@pytest.mark.parametrize(
    ("part", "around"),
    [
        ("x", "[%s]"),
        ("{party: person}", "{any: [%s]}"),
        ("{when: {party: person}}", "{when: {any: [%s]}}"),
        ("{a: 1, b: 2}", "{<<: [%s]}"),
    ],
)
@pytest.mark.parametrize("levels", [8, 16, 40])
def test_repetition_cannot_exhaust_the_computer(
    folder: Path, part: str, around: str, levels: int
) -> None:
    for start in ("segments:\n u:\n", "staff:\n", "caps:\n"):
        found = checked(folder, FIRM + start + bomb(part, around, levels))
        assert found
        assert {check for _, check in found} & {"too-large", "unknown-key"}


def test_a_chain_of_merges_ends(folder: Path) -> None:
    chain = [f"  k{n}: &k{n} {{<<: *k{n - 1}, x{n}: 1}}\n" for n in range(1, 3000)]
    found = checked(folder, FIRM + "staff:\n  k0: &k0 {title: A}\n" + "".join(chain))
    assert "too-large" in {check for _, check in found}


def test_small_parts_may_be_repeated_often(folder: Path) -> None:
    roles = "".join(f"  r{n}: {{title: &t{n} R, person: *t{n}}}\n" for n in range(2_000))
    assert checked(folder, FIRM + "staff:\n" + roles) == []


# --- playbooks that use each other


def used(folder: Path, **texts: str) -> Any:
    return careflow.check(write(folder, **texts))


def test_a_file_used_twice_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And under either of its names: the suffix may be left out."""
    read: list[str] = []
    decode = files.decode
    monkeypatch.setattr(files, "decode", lambda data, name: read.append(name) or decode(data, name))
    file = write(
        tmp_path,
        firm=FIRM + "use: [left, right.yaml, base]\n",
        left=HEAD.format("left") + "use: [base.yaml]\n",
        right=HEAD.format("right") + "use: ./base\n",
        base=HEAD.format("base") + "caps: [{max: 1, per: day}]\n",
    )
    handbook = careflow.load(file).handbook
    assert sorted(Path(name).stem for name in read) == ["base", "firm", "left", "right"]
    assert sorted(each.id for each in handbook.playbooks) == ["base", "firm", "left", "right"]
    assert [len(each.policy.caps) for each in handbook.playbooks] == [1, 1, 1, 1]


def test_playbooks_in_a_circle(tmp_path: Path) -> None:
    (found,) = used(
        tmp_path,
        firm=FIRM + "use: [a.yaml]\n",
        a=HEAD.format("a") + "use: [b]\n",
        b=HEAD.format("b") + "use:\n  - firm.yaml\n",
    )
    assert (found.check, Path(found.file).name, found.line) == ("use-cycle", "b.yaml", 5)
    names = [Path(name).name for name in found.message.split(": ")[1].split(" -> ")]
    assert names == ["firm.yaml", "a.yaml", "b.yaml", "firm.yaml"]


def test_a_playbook_that_is_not_there(tmp_path: Path) -> None:
    first, second = used(tmp_path, firm=FIRM + "use: [comon.yaml, comon]\n", common=HEAD)
    assert first.hint == 'Did you mean "common.yaml"?'
    assert second.hint == 'Did you mean "common"?'
    assert (first.line, first.column, first.width) == (5, 7, 10)


def test_a_broken_playbook_is_reported_where_it_is_broken(tmp_path: Path) -> None:
    """What it would have defined is not reported as missing."""
    play = "plays: {p: {title: P, action: {purpose: care, channels: [fax], owner: seller}}}\n"
    (found,) = used(tmp_path, firm=FIRM + "use: [common]\n" + play, common="staff: [\n")
    assert (Path(found.file).name, found.check) == ("common.yaml", "bad-yaml")


# --- every problem in one run

ACTION = "action: {purpose: care, channels: [phone], owner: seller}"
STAFF = "staff: {seller: {title: Seller}}"
# each independent of the others; those of the first group stop the search for references
DEFINING = [
    ("fields: {a: money}", "bad-choice"),
    ("segments: {u: {A b: {when: {party: person}}}}", "bad-id"),
    ("process: {stages: {s: {tilte: S}}, titl: P}", "unknown-key"),
]
READ = [
    ("quiet-hours: [{title: N, from: 9pm, to: '08:00'}]", "bad-clock"),
    ("contact-hours: [{title: N, days: sunn}]", "bad-day"),
    ("caps: [{max: 3, per: 7 dsys}]", "bad-duration"),
    ("consent: [{purposes: [care], required: perhaps}]", "bad-choice"),
    ("adult-age: eighteen", "bad-number"),
    ("languge: vi", "unknown-key"),
]
REFERRING = [
    ("suppress: [{title: S, when: {gendr: male}}]", "unknown-field"),
    ("capacity: [{title: C, max: 3, per: day, channels: [fax]}]", "unknown-channel"),
    ("plan-ahead: 36 hours", "bad-duration"),
    (f"plays: {{p: {{title: P, when: {{age: '> x'}}, {ACTION}}}}}", "bad-number"),
    ("segments: {v: {w: {when: {segment.w: x}}}}", "unknown-field"),
    ("process: {title: P, stages: {s: {title: S, until: {}}}}", "bad-condition"),
]


@given(st.data())
def test_independent_slips_are_all_found_at_once(folder: Path, data: st.DataObject) -> None:
    pools = data.draw(st.sampled_from([[*DEFINING[:2], *READ], [*READ, *REFERRING]]))
    slips = data.draw(st.permutations(pools))[: data.draw(st.integers(0, len(pools)))]
    text = FIRM + STAFF + "\n" + "".join(f"{line}\n" for line, _ in slips)
    assert checked(folder, text) == [(6 + n, check) for n, (_, check) in enumerate(slips)]


def test_slips_of_one_line_are_sorted_by_column(folder: Path) -> None:
    line, _ = DEFINING[2]
    found = careflow.check(write(folder, firm=FIRM + line + "\n"))
    assert [(each.column, each.message) for each in found] == [
        (24, 'unknown key "tilte"'),
        (36, 'unknown key "titl"'),
    ]


@pytest.mark.parametrize(
    "cut",
    [
        "every: 3 dys\n    since: last-contact",
        "after: {event: purchased}\n    expires: 3 days",
        "on: birtday\n    expires: 3 days",
        "since: last-contact\n    every: 3 dys",
    ],
)
def test_one_slip_has_no_echo(folder: Path, cut: str) -> None:
    """What leans on a part that could not be read is not reported beside it."""
    play = f"plays:\n  p:\n    title: P\n    {cut}\n    {ACTION}\n"
    assert len(checked(folder, FIRM + STAFF + "\n" + play)) == 1


# --- whatever is written


def reports_only(path: Path) -> None:
    """Load, and look at each problem: a file, a line of it, a sentence."""
    found: tuple[careflow.Problem, ...] = ()
    try:
        careflow.load(path)
    except careflow.PlaybookError as error:
        found = error.problems or (
            careflow.Problem("", 0, 0, "none", "an error without a problem"),
        )
    for each in found:
        text = Path(each.file).read_bytes().decode("utf-8", "replace")
        lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        assert 1 <= each.line <= len(lines) + text.startswith("\ufffd")
        assert each.column >= 1
        assert each.check
        assert each.message
        assert each.render()


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_arbitrary_bytes_are_answered(folder: Path, data: bytes) -> None:
    file = folder / "bytes.yaml"
    file.write_bytes(data)
    reports_only(file)


SIGNS = "{}[]:,-#&*!|>'\"%@`?~ \n\t\\<=.0123456789axéệ：“”–\u200b\u00a0\ufeff\x00😀"


@given(
    st.sampled_from(sorted(RULES)),
    st.lists(
        st.tuples(st.floats(0, 1), st.sampled_from("dirDIS"), st.sampled_from(SIGNS)),
        min_size=1,
        max_size=3,
    ),
)
def test_mutilated_playbooks_are_answered(
    tmp_path_factory: pytest.TempPathFactory, name: str, cuts: list[tuple[float, str, str]]
) -> None:
    folder = tmp_path_factory.getbasetemp() / "mutilated"
    folder.mkdir(exist_ok=True)
    for other, text in RULES.items():
        (folder / other).write_text(text, encoding="utf-8")
    (folder / name).write_text(mutilated(RULES[name], cuts), encoding="utf-8")
    reports_only(folder)


def mutilated(text: str, cuts: list[tuple[float, str, str]]) -> str:
    for where, kind, sign in cuts:
        lines = text.splitlines(keepends=True) or [""]
        at, line = int(where * len(text)), int(where * (len(lines) - 1))
        match kind:
            case "d":
                text = text[:at] + text[at + 1 :]
            case "i":
                text = text[:at] + sign + text[at:]
            case "r":
                text = text[:at] + sign + text[at + 1 :]
            case "D":
                text = "".join(lines[:line] + lines[line + 1 :])
            case "I":
                text = "".join([*lines[:line], f"  {sign}{lines[line]}", *lines[line:]])
            case _:
                random.Random(at).shuffle(lines)
                text = "".join(lines)
    return text
