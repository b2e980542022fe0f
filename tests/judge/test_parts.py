"""Which parts of a device tell when it was seen."""

from __future__ import annotations

from custodiet.judge.parts import Doubted, doubted_parts
from custodiet.model import FIELDS, Asset, Claim, Conclusion, Identification, Merge, observe

OLD, NEW, THIRD = (f"src-{n}/ip:10.0.0.5" for n in (1, 2, 3))
SEEN = [observe(f"src-{n}", "ip:10.0.0.5", "http.server", f"server {n}", "packet 1") for n in (1, 2, 3)]


def claims(field: str, *numbers: int) -> tuple[Claim, ...]:
    """Claims that rest on what these sources saw."""
    return tuple(
        Claim(
            field=field,
            value="x",
            technique="protocol-reply",
            strength=0.9,
            record="r",
            observations=(SEEN[number - 1].id,),
            attribute="http.server",
            observed="x",
        )
        for number in numbers
    )


def doubted(
    *joins: tuple[str, str, str], maker: tuple[int, ...] = (), kind: tuple[int, ...] = (), rival: tuple[int, ...] = ()
) -> Doubted:
    """What is doubted of a device of these joins, where these sources name its maker, its kind and another maker."""
    told = {"manufacturer": claims("manufacturer", *maker), "device_class": claims("device_class", *kind)}
    against = {"manufacturer": claims("manufacturer", *rival)}
    conclusions = tuple(
        Conclusion(
            field=field,
            value="x" if told.get(field) else "",
            confidence=0.0,
            band="unknown",
            claims_for=told.get(field, ()),
            claims_against=against.get(field, ()),
        )
        for field in FIELDS
    )
    merges = tuple(
        Merge(left=left, right=right, because="", weight=0.5, by=f"rule:same-{by}") for left, right, by in joins
    )
    parts = tuple(dict.fromkeys(part for left, right, _ in joins for part in (left, right)))
    asset = Asset(id="ast-1", label="10.0.0.5", subjects=parts, merged_by=merges)
    return doubted_parts(asset, Identification(asset="ast-1", conclusions=conclusions, catalog=""), SEEN)


def test_a_part_without_a_name_that_shares_only_the_address_is_doubted() -> None:
    assert doubted((OLD, NEW, "ip"), maker=(1,)) == Doubted(silent=frozenset({NEW}))


def test_what_shares_more_than_the_address_is_the_device_and_so_is_what_names_its_kind() -> None:
    assert not doubted((OLD, NEW, "mac"), maker=(1,))
    assert not doubted((OLD, NEW, "ip"), maker=(1,), kind=(2,))
    assert doubted((OLD, NEW, "ip"), (NEW, THIRD, "serial"), maker=(1,)).silent == {NEW, THIRD}
    assert not doubted((OLD, NEW, "ip"), (NEW, THIRD, "serial"), maker=(1, 3))
    assert doubted((OLD, THIRD, "tag"), (NEW, THIRD, "ip"), maker=(1,)).silent == {NEW}


def test_a_camera_of_another_maker_is_another_camera() -> None:
    assert doubted((OLD, NEW, "ip"), maker=(1,), kind=(1, 2), rival=(2,)) == Doubted(others=frozenset({NEW}))
    assert not doubted((OLD, NEW, "mac"), maker=(1,), kind=(1, 2), rival=(2,))


def test_where_nothing_is_named_nothing_is_doubted() -> None:
    assert not doubted((OLD, NEW, "ip"))
