"""The dossier as a tree on the terminal: each answer, what spoke for and against it, which record, read where."""

from __future__ import annotations

from rich.tree import Tree

from custodiet.identify.dossier import Dossier
from custodiet.model import Assessment, Claim, Entry, Observation, Proof, Reach
from custodiet.report import dossier as told
from custodiet.report import egress as talks
from custodiet.report import proof as stated
from custodiet.report import stood, summary, ways, words
from custodiet.report.guard import as_it_stood, styled
from custodiet.report.summary import Named, Names
from custodiet.report.terminal import add_findings, add_more

_OBSERVED = 160
"""Characters of a value shown; the part that matched is always among them."""

_FLAWS = 6
"""Known vulnerabilities shown, unless more is asked for."""

_FEW = 4
"""Signs shown for each side of an answer, unless more is asked for."""


def dossier_tree(dossier: Dossier, entry: Entry, assessment: Assessment, names: Names, *, verbosity: int = 0) -> Tree:
    """The tree of one device.

    Args:
        dossier: of the device.
        entry: the same device as judged, with the answers of the dossier.
        assessment: the head, for the names of sources and the date.
        names: names for the ids of the catalog.
        verbosity: 0: answers with the strongest claim of each kind, and findings; 1: all claims, all places where a
            record was read, requirements that do not apply, conversations, why it is one device; 2: conditions of
            records and ids of observations too.
    """
    root = Tree(styled(summary.what(entry, names), "bold"), guide_style="dim")
    root.add(styled(f"{entry.asset.label}: {summary.how_sure(entry)}; {summary.how_fresh(entry, assessment)}"))
    if differs := summary.contradiction(entry, names, assessment.sources):
        root.add(styled(differs, "yellow"))
    if older := told.older(dossier):
        root.add(styled(older, "yellow"))
    held = root.add(styled("Answers", "bold"))
    seen = {observation.id: observation for observation in dossier.observations}
    for item in told.answers(dossier, names):
        _answer(held, item, dossier, seen, names, verbosity)
    _vulnerabilities(root, dossier, verbosity)
    add_findings(root, entry, assessment, names, verbosity)
    if entry.egress:
        talking = root.add(styled("What it talks to", "bold"))
        talking.add(styled(entry.egress.says))
        for peer in talks.outside(entry.egress)[: None if verbosity else _FEW]:
            row = talks.row(entry.egress, peer, names)
            amount = f"{words.size(row.out)} out, {words.size(row.into)} in, {row.size}, {row.often}"
            who = f"{row.name or row.address}, {row.port}: {row.whose}, {row.serves}"
            talking.add(styled(f"{who}; {amount}, since {words.clock(peer.first_seen)}"))
    if entry.reach:
        _reach(root, entry.reach, verbosity)
    for proof in entry.proofs:
        _proof(root, proof, verbosity)
    if verbosity:
        add_more(root, entry, {source.id: source.name for source in assessment.sources})
    root.add(styled(told.stands_on(dossier) + ".", "dim"))
    root.add(styled(f"Catalog {dossier.catalog}, {dossier.tool}, digest {dossier.digest[:16]}", "dim"))
    return root


def _reach(root: Tree, reach: Reach, verbosity: int) -> None:
    """Way by way, the rule with its line, and what it rests on."""
    branch = root.add(styled("Could it reach a core network", "bold"))
    for path in reach.paths:
        text = styled(f"{ways.question(path)} ", "dim")
        leaf = branch.add(text.append_text(styled(ways.answer(path, reach), ways.STYLES[path.status])))
        leaf.add(styled(ways.because(path), limit=900))
        if path.missing:
            leaf.add(styled(f"To settle it: {path.missing}.", "yellow"))
        for cited in (*path.rules, *path.not_understood) if verbosity else ():
            leaf.add(styled(f"{cited.place}: {cited.text}{f' ({cited.why})' if cited.why else ''}", "dim"))
    for one in reach.configurations:
        digest = one.sha256 if verbosity else ways.short(one)
        branch.add(styled(f"{one.name}: {ways.read(one)}, of {ways.dated(one)}, SHA-256 {digest}", "dim"))
    branch.add(styled(f"Answered by the {reach.engine} analyser; what it takes for granted: docs/reach.md", "dim"))


def _proof(root: Tree, proof: Proof, verbosity: int) -> None:
    """What one statement says; what it does not show is told in any case."""
    branch = root.add(
        styled("Whether it stopped: ", "bold").append_text(styled(stated.label(proof), stated.style(proof)))
    )
    branch.add(styled(stated.sentence(proof)))
    for heading, told_there in stated.rows(proof):
        if isinstance(told_there, str):
            text = styled(f"{heading}: ", "dim")
            branch.add(text.append_text(styled(told_there, "bold red" if heading == "Since then" else "")))
            continue
        below = branch.add(styled(heading, "dim"))
        for sentence in told_there:
            below.add(styled(sentence, "red" if heading == "Leaks" else ""))
    branch.add(styled("Check it offline: ", "dim").append_text(styled(stated.to_check(proof))))
    if verbosity:
        branch.add(styled(stated.how_to_check(proof), "dim"))


def _answer(
    tree: Tree, item: Named, dossier: Dossier, seen: dict[str, Observation], names: Names, verbosity: int
) -> None:
    answer = item.conclusion
    value = f"{item.value}, {answer.band} ({words.percent(answer.confidence)})" if item.value else "unknown"
    label = styled(f"{item.label}: ", "dim")
    branch = tree.add(label.append_text(styled(value, "bold" if item.value else "dim")))
    if item.field == "model" and (parts := told.model_parts(dossier)):
        assert dossier.model is not None  # or it had no parts
        branch.add(styled(f"{dossier.model.model} by its parts: {'; '.join(parts)}"))
    if item.field == "firmware" and (built := told.built(dossier)):
        branch.add(styled(built))
    for side, claims in (("for", answer.claims_for), ("against", answer.claims_against)):
        shown = claims if verbosity else told.telling(claims, _FEW)
        for claim in shown:
            _claim(branch, side, claim, item, dossier, seen, names, verbosity)
        if left := len(claims) - len(shown):
            branch.add(
                styled(f"{words.count(left, 'more sign')} {side} it: -v shows {'them' if left > 1 else 'it'}", "dim")
            )
    if answer.settle:
        branch.add(styled(answer.settle, "yellow"))


def _claim(
    branch: Tree,
    side: str,
    claim: Claim,
    item: Named,
    dossier: Dossier,
    seen: dict[str, Observation],
    names: Names,
    verbosity: int,
) -> None:
    kind = words.evidence(claim)
    text = styled(f"{side} ", "green" if side == "for" else "red")
    value = told.claimed(claim, names)
    other = "" if value == item.value else f" says {value}"
    text.append_text(styled(f"{words.percent(claim.strength)} {kind}{other}: "))
    sources = {source.id: source for source in dossier.sources}
    text.append_text(as_it_stood(stood.letters(claim, [claim.span], seen, sources), _OBSERVED))
    text.append_text(styled(f" at {_places(claim, dossier, seen, None if verbosity > 1 else 3)}", "dim"))
    leaf = branch.add(text)
    record = dossier.record(claim)
    spoke = told.speaker(claim, record)
    if record is None:
        leaf.add(styled(spoke, "dim"))
    elif not verbosity:
        leaf.add(styled(f"{spoke}, read in {told.first_read_in(record.references)}", "dim"))
    else:
        below = leaf.add(styled(spoke, "dim"))
        for place in told.read_in(record.references):
            below.add(styled(f"read in {place}", "dim"))
        if verbosity > 1:
            below.add(styled(f"speaks where {told.condition(record)}; says {told.says(record)}", "dim"))
            below.add(styled(f"observed in {' '.join(claim.observations)}", "dim"))


def _vulnerabilities(root: Tree, dossier: Dossier, verbosity: int) -> None:
    """What is known of such devices; what does not concern this one only when asked for more."""
    known = told.vulnerabilities(dossier)
    if not known:
        return
    branch = root.add(styled("Known vulnerabilities: ", "bold").append_text(styled(told.counted(known))))
    shown = [one for one in known if verbosity or one.answer.answer != "not_affected"]
    for one in shown[: None if verbosity else _FLAWS]:
        colour = {"affected": "red", "cannot_tell": "yellow"}.get(one.answer.answer, "")
        text = styled(f"{one.record.id}: {one.record.title}; {one.exploited}. ")
        text.append_text(styled(told.concerns(one), colour))
        leaf = branch.add(text)
        if verbosity:
            leaf.add(styled(f"read in {told.first_read_in(one.record.references)}", "dim"))
    if not verbosity and len(shown) > _FLAWS:
        branch.add(styled(f"{len(shown) - _FLAWS:,} more; -v shows them", "dim"))


def _places(claim: Claim, dossier: Dossier, seen: dict[str, Observation], most: int | None) -> str:
    sources = {source.id: source.name for source in dossier.sources}
    places = [
        f"{sources.get(seen[id].source, seen[id].source)}, {seen[id].locator}" if id in seen else id
        for id in claim.observations[:most]
    ]
    return "; ".join(places)
