"""Makes docs/reference from the code and the catalog; a test fails when the pages and the sources differ.

python scripts/make_reference.py [--check]
"""

from __future__ import annotations

import ast
import os
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
REFERENCE = ROOT / "docs" / "reference"
HOPS = [
    "audit", "find", "ledger", "ledger verify", "ledger show", "identify", "explain", "count", "evaluate",
    "judge", "events", "reach", "return", "claims", "report", "apart",
    "audit-log", "audit-log verify", "audit-log export",
    "doctor", "backup", "restore",
    "isolate", "isolate plan", "isolate verify", "isolate check", "watch",
    "law", "law check", "law list", "law show", "law compare", "law calendar",
    "catalog", "catalog check", "catalog stats", "catalog show", "catalog diff", "catalog import",
]  # fmt: skip


def nouns() -> str:
    """The types of `model/` and the dossier, with the sentence under every field."""
    lines = [
        "# The nouns",
        "",
        "Made from `src/custodiet/model/` and the dossier; every field has its sentence there.",
        "",
    ]
    for path in [*sorted((ROOT / "src/custodiet/model").glob("*.py")), ROOT / "src/custodiet/identify/dossier.py"]:
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef):
                lines += [f"## {node.name}", "", ast.get_docstring(node) or "", ""]
                lines += ["| field | type | what it is |", "| --- | --- | --- |"]
                lines += [f"| `{name}` | `{kind}` | {text} |" for name, kind, text in fields(node)]
                lines.append("")
    return "\n".join(lines)


def fields(node: ast.ClassDef) -> list[tuple[str, str, str]]:
    """(name, type, sentence) of each field of a class."""
    found = []
    for item, after in zip(node.body, [*node.body[1:], None], strict=True):
        if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name):
            told = after.value if isinstance(after, ast.Expr) else None
            sentence = str(told.value) if isinstance(told, ast.Constant) else ""
            kind = ast.unparse(item.annotation).replace("|", "or")
            found.append((item.target.id, kind, re.sub(r"\s+", " ", sentence).replace("``", "`").replace("|", "\\|")))
    return found


def vocabulary() -> str:
    """The closed lists of the catalog."""
    import yaml

    lines = [
        "# The vocabulary",
        "",
        "Made from `catalog/vocabulary/`: the closed lists, each word with its definition.",
        "",
    ]
    for path in sorted((ROOT / "catalog/vocabulary").glob("*.yml")):
        words = yaml.safe_load(path.read_text(encoding="utf-8"))
        if not isinstance(words, list) or not all(isinstance(word, dict) and "means" in word for word in words):
            continue
        lines += [f"## {path.stem.replace('_', ' ')}", "", "| word | definition |", "| --- | --- |"]
        for word in words:
            more = [f"{key}: {value}" for key, value in word.items() if key not in ("id", "means")]
            lines.append(f"| `{word['id']}` | {word['means']}{' (' + ', '.join(more) + ')' if more else ''} |")
        lines.append("")
    return "\n".join(lines)


def commands() -> str:
    """What ``--help`` prints, for each command."""
    os.environ.update(COLUMNS="100", TERM="dumb", NO_COLOR="1")
    from typer.testing import CliRunner

    from custodiet.cli import app

    lines = ["# The commands", "", "Made from `custodiet --help`.", ""]
    for words in ["", *HOPS]:
        result = CliRunner().invoke(app, [*words.split(), "--help"], prog_name="custodiet")
        text = "\n".join(line.rstrip() for line in result.output.strip("\n").splitlines())
        lines += [f"## custodiet {words}".rstrip(), "", "```", text, "```", ""]
    return "\n".join(lines)


def readers() -> str:
    """The formats that are read, in the order in which they are asked."""
    from custodiet.sources import READERS

    lines = [
        "# Formats that are read",
        "",
        "Made from `custodiet.sources.READERS`, in the order in which they are asked.",
        "",
    ]
    lines += ["| id | format | kind of source |", "| --- | --- | --- |"]
    lines += [f"| `{reader.id}` | {reader.title} | {reader.kind.replace('_', ' ')} |" for reader in READERS]
    lines += [
        "",
        "Each may be packed with gzip or zstd, once.",
        "zstd and Parquet need the extra `bulk`: `pip install 'custodiet[bulk]'`.",
        "Scan exports in JSON are read as lines, as an array or as objects over many lines.",
    ]
    return "\n".join([*lines, ""])


def concluding() -> str:
    """The page on how we conclude, with the tables of the vocabulary put in; its sentences are written by hand."""
    text = (REFERENCE / CONCLUDING).read_text(encoding="utf-8")
    for name, make in (("weights", weights), ("calibration", calibration)):
        begin, end = f"<!-- made from catalog/vocabulary: {name} -->\n", "<!-- end -->"
        before, _, rest = text.partition(begin)
        text = f"{before}{begin}\n{make()}\n{end}{rest.partition(end)[2]}"
    return text


def asking() -> str:
    """The page on what we ask, with the tables of the questions put in; its sentences are written by hand."""
    from custodiet.probes.questions import QUESTIONS, STAGES
    from custodiet.probes.restraint import FORBIDDEN_PORTS

    questions = ["| question | sent to | what is sent | kind | preset | why it is harmless |", "| --- " * 6 + "|"]
    for one in QUESTIONS:
        ports = ", ".join(str(port) for port in one.ports)
        to = "the name server, " if one.asks == "resolver" else ""
        many = f"; also to {', '.join(one.groups)}" if one.groups else ""
        questions.append(
            f"| `{one.id}`: {one.title} | {to}{one.transport} {ports}{many} | {one.sends} | {one.category} | "
            f"{one.presets[0]} | {one.harmless} |"
        )
    stages = [f"{number}. {', '.join(map(str, stage))}" for number, stage in enumerate(STAGES, 1)]
    reasons: dict[str, list[str]] = {}
    for port, reason in FORBIDDEN_PORTS.items():
        reasons.setdefault(reason, []).append(str(port))
    ports = ["| ports | why nothing is sent there |", "| --- | --- |"]
    ports += [f"| {', '.join(numbers)} | {reason} |" for reason, numbers in reasons.items()]
    text = (REFERENCE / ASKING).read_text(encoding="utf-8")
    for name, lines in (("questions", questions), ("stages", stages), ("forbidden ports", ports)):
        begin, end = f"<!-- made from custodiet.probes: {name} -->\n", "<!-- end -->"
        before, _, rest = text.partition(begin)
        text = f"{before}{begin}\n{chr(10).join(lines)}\n\n{end}{rest.partition(end)[2]}"
    return text


def words_of(name: str) -> list[dict[str, str]]:
    """The words of one closed list."""
    import yaml

    path = ROOT / "catalog" / "vocabulary" / f"{name}.yml"
    words: list[dict[str, str]] = yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)  # noqa: S506 (text only)
    return words


def weights() -> str:
    """Strengths and techniques, for people."""
    lines = ["| strength | worth | meaning |", "| --- | --- | --- |"]
    lines += [f"| {word['id']} | {word['weight']} | {word['means']} |" for word in words_of("strengths")]
    lines += ["", "| kind of evidence | rests on | at most | meaning |", "| --- | --- | --- | --- |"]
    lines += [f"| {w['id']} | {w['basis']} | {w['cap']} | {w['means']} |" for w in words_of("techniques")]
    return "\n".join([*lines, ""])


def calibration() -> str:
    """The steps of the calibration, for people."""
    lines = ["| field | evidence adds up to | what it is | stated | at most | right, of those measured |"]
    lines += ["| --- | --- | --- | --- | --- | --- |"]
    for step in words_of("calibration"):
        only = f", by {step['technique']} alone" if step.get("technique") else ""
        lines.append(
            f"| {step['field'].replace('_', ' ')} | {step['support']}{only} | {step['means']} | {step['states']} | "
            f"{step['most']} | {step['right']} of {step['answers']} |"
        )
    return "\n".join([*lines, ""])


def evaluation() -> str:
    """The JSON Schema of what ``custodiet evaluate --json`` prints."""
    import json

    import msgspec

    from custodiet.evaluate import Evaluation

    return json.dumps(msgspec.json.schema(Evaluation), indent=2) + "\n"


CONCLUDING = "../how-we-conclude.md"
ASKING = "../questions.md"
PAGES = {
    "nouns.md": nouns,
    "vocabulary.md": vocabulary,
    "commands.md": commands,
    "formats.md": readers,
    CONCLUDING: concluding,
    ASKING: asking,
    "evaluation.schema.json": evaluation,
}


def main() -> int:
    """Write the pages, or with ``--check`` say which differ."""
    different = []
    for name, make in PAGES.items():
        path = REFERENCE / name
        text = make()
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            different.append(name)
            if "--check" not in sys.argv:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
    if "--check" in sys.argv and different:
        print(f"docs/reference differs from its sources: {', '.join(different)}. Run: make docs")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
