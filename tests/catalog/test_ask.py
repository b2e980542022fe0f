from __future__ import annotations

from pathlib import Path

import pytest

from catalog.factories import blocks, company, relation, vocabulary, write
from custodiet.catalog import (
    Catalog,
    company_of_brand,
    family,
    holders,
    load_catalog,
    lookup_mac,
    subsidiaries,
    who_controlled,
)


def catalog_of(folder: Path) -> Catalog:
    return load_catalog([vocabulary(folder)], use_cache=False)


@pytest.fixture(scope="module")
def ours() -> Catalog:
    return load_catalog()


def test_the_longest_block_wins(tmp_path: Path) -> None:
    blocks(tmp_path, "large", "AABBCC")
    blocks(tmp_path, "middle", "AABBCCD")
    blocks(tmp_path, "small", "AABBCCDEF")
    catalog = catalog_of(tmp_path)
    for mac, holder, prefix in [
        ("aa:bb:cc:de:f0:01", "small", "AABBCCDEF"),
        ("AA-BB-CC-D0-00-01", "middle", "AABBCCD"),
        ("aabb.cc00.0001", "large", "AABBCC"),
    ]:
        found = lookup_mac(catalog, mac)
        assert found is not None
        assert (found[0].id, found[1]) == (holder, prefix)


@pytest.mark.parametrize("mac", ["", "00:00:00:00:00:01", "aa:bb:cc", "zz:zz:zz:zz:zz:zz", "aa:bb:cc:dd:ee:ff:00:11"])
def test_an_address_outside_every_block_is_nobodys(tmp_path: Path, mac: str) -> None:
    blocks(tmp_path, "large", "AABBCC")
    assert lookup_mac(catalog_of(tmp_path), mac) is None


def test_control_is_asked_by_date(tmp_path: Path) -> None:
    company(tmp_path, "old-owner", more=relation("owns", "label", since="2018", until="2022-11-24"))
    company(tmp_path, "new-owner", more=relation("owns", "label", since="2022-11-24"))
    company(tmp_path, "label")
    catalog = catalog_of(tmp_path)
    assert family(catalog, "label", "2017-12-31") == ("label",)
    assert family(catalog, "label", "2018-01-01") == ("label", "old-owner")
    assert family(catalog, "label", "2022-11-23") == ("label", "old-owner")
    assert family(catalog, "label", "2022-11-24") == ("label", "new-owner", "old-owner")
    assert family(catalog, "label", "2022-11-25") == ("label", "new-owner")
    assert subsidiaries(catalog, "old-owner", "2020") == ("label",)
    assert subsidiaries(catalog, "old-owner", "2023") == ()


def test_a_date_cut_to_a_year_covers_all_of_it(tmp_path: Path) -> None:
    company(tmp_path, "owner", more=relation("controls", "label", since="2020-06", until="2021"))
    company(tmp_path, "label")
    catalog = catalog_of(tmp_path)
    assert who_controlled(catalog, "label", "2020-05-31") == ()
    assert [id for id, _ in who_controlled(catalog, "label", "2020-06-01")] == ["owner"]
    assert [id for id, _ in who_controlled(catalog, "label", "2021-12-31")] == ["owner"]
    assert who_controlled(catalog, "label", "2022-01-01") == ()


def test_an_unknown_begin_is_always(tmp_path: Path) -> None:
    company(tmp_path, "owner", more=relation("controls", "label"))
    company(tmp_path, "label")
    assert family(catalog_of(tmp_path), "label", "1901-01-01") == ("label", "owner")


def test_a_small_share_holds_and_does_not_control(tmp_path: Path) -> None:
    company(tmp_path, "state", more=relation("owns", "maker", share="10.42"))
    company(tmp_path, "parent", more=relation("owns", "maker", share="50.1"))
    company(tmp_path, "maker")
    catalog = catalog_of(tmp_path)
    assert [(id, r.share) for id, r in holders(catalog, "maker", "2024")] == [("parent", 50.1), ("state", 10.42)]
    assert family(catalog, "maker", "2024") == ("maker", "parent")


def test_making_for_a_label_is_no_ownership(tmp_path: Path) -> None:
    company(tmp_path, "maker", more=relation("makes_for", "label"))
    company(tmp_path, "label")
    catalog = catalog_of(tmp_path)
    assert family(catalog, "label", "2024") == ("label",)
    assert subsidiaries(catalog, "maker", "2024") == ()


def test_companies_that_own_each_other_end_the_question(tmp_path: Path) -> None:
    company(tmp_path, "a", more=relation("owns", "b"))
    company(tmp_path, "b", more=relation("owns", "a"))
    catalog = catalog_of(tmp_path)
    assert family(catalog, "a", "2024") == ("a", "b")
    assert subsidiaries(catalog, "a", "2024") == ("b",)


def test_the_chain_is_walked_nearest_first(tmp_path: Path) -> None:
    company(tmp_path, "top", more=relation("controls", "middle"))
    company(tmp_path, "middle", more=relation("owns", "bottom"))
    company(tmp_path, "bottom")
    catalog = catalog_of(tmp_path)
    assert family(catalog, "bottom", "2024") == ("bottom", "middle", "top")
    assert subsidiaries(catalog, "top", "2024") == ("middle", "bottom")
    assert family(catalog, "nobody", "2024") == ("nobody",)


def test_a_brand_gives_its_company_where_that_is_known(tmp_path: Path) -> None:
    company(tmp_path, "maker")
    tail = "references: []\nadded: 2025\n"
    write(tmp_path, "brands/known.yml", f"id: known\nname: Known\ncompany: maker\n{tail}")
    write(tmp_path, "brands/orphan.yml", f"id: orphan\nname: Orphan\n{tail}")
    catalog = catalog_of(tmp_path)
    owner = company_of_brand(catalog, "known")
    assert owner is not None
    assert owner.id == "maker"
    assert company_of_brand(catalog, "orphan") is None
    assert company_of_brand(catalog, "nobody") is None


# --- what our records say, on dates that matter


def test_lorex_belonged_to_dahua_for_a_while(ours: Catalog) -> None:
    assert "dahua" in family(ours, "lorex", "2020-06-01")
    assert "dahua" not in family(ours, "lorex", "2023-01-01")
    assert "lorex" in subsidiaries(ours, "dahua", "2020-06-01")
    assert "lorex" not in subsidiaries(ours, "dahua", "2024")


def test_the_group_above_hikvision(ours: Catalog) -> None:
    assert {"hikvision", "cet-hik", "cetc"} <= set(family(ours, "ezviz", "2024-01-31"))


def test_a_state_shareholder_of_dahua_is_a_holder_and_no_parent(ours: Catalog) -> None:
    assert "china-mobile" in [id for id, _ in holders(ours, "dahua", "2022")]
    assert "china-mobile" not in family(ours, "dahua", "2022")
    assert holders(ours, "dahua", "2019") == ()


@pytest.mark.parametrize(
    ("mac", "record"),
    [
        ("58:50:ed:1f:e3:85", "hikvision"),
        ("e4:24:6c:00:00:01", "dahua"),
        ("ac:cc:8e:a3:1a:bf", "axis"),
        ("40:2c:76:10:00:01", "dahua-scale"),
    ],
)
def test_blocks_of_our_catalog(ours: Catalog, mac: str, record: str) -> None:
    found = lookup_mac(ours, mac)
    assert found is not None
    assert found[0].id == record


@pytest.mark.parametrize("mac", ["00:0d:c5:00:00:01", "f4:52:14:00:00:01", "a4:5e:60:00:00:01", "40:2c:76:10:00:01"])
def test_blocks_that_tools_list_wrongly_name_no_camera_maker(ours: Catalog, mac: str) -> None:
    found = lookup_mac(ours, mac)
    assert found is not None
    assert found[0].says.get("manufacturer", "") in ("", "apple", "cisco", "samsung")  # and none of them loudly
    assert found[0].strength in ("weak", "supporting")


def test_a_block_of_a_label_names_the_label_and_never_the_factory(ours: Catalog) -> None:
    for id in ("amcrest", "lorex", "bcs", "cp-plus", "ic-realtime", "luminys", "lts", "observint"):
        assert "manufacturer" not in ours.address_blocks[id].says, id
        assert ours.address_blocks[id].strength in ("weak", "supporting"), id
