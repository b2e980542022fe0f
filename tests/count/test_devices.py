"""Which rows speak about one device."""

import numpy as np
import pytest

from custodiet.count.devices import MANY_ADDRESSES, default_identities, join


def digests(*values: int):
    return np.array(values, np.uint64)


NONE = digests()


def test_an_address_is_one_device_however_many_banners_it_sends() -> None:
    joined = join(digests(7, 7, 8), digests(0, 0, 0), NONE)
    assert joined.device.tolist() == [7, 7, 8]
    assert joined.owned.all()


def test_a_banner_without_a_serial_belongs_to_the_only_device_of_its_address() -> None:
    joined = join(digests(7, 7, 8), digests(0, 99, 0), NONE)
    assert joined.device.tolist() == [99, 99, 8]
    assert joined.owned.all()


def test_two_serials_at_one_address_are_two_devices_and_the_banner_of_neither_is_told() -> None:
    joined = join(digests(7, 7, 7), digests(99, 0, 98), NONE)
    assert joined.device.tolist() == [99, 7, 98]
    assert joined.owned.tolist() == [True, False, True]


def test_one_serial_at_two_addresses_is_one_device() -> None:
    assert set(join(digests(7, 8), digests(99, 99), NONE).device.tolist()) == {99}


def test_a_serial_at_too_many_addresses_names_nobody() -> None:
    addresses = digests(*range(1, MANY_ADDRESSES + 2))
    copied = np.full(len(addresses), 99, np.uint64)
    assert default_identities(copied, addresses).tolist() == [99]
    assert join(addresses, copied, digests(99)).device.tolist() == addresses.tolist()


def test_a_serial_seen_often_at_few_addresses_stays_a_serial() -> None:
    addresses = np.resize(digests(1, 2), 100)
    assert default_identities(np.full(100, 99, np.uint64), addresses).tolist() == []


def test_what_shows_no_serial_is_never_a_default() -> None:
    assert default_identities(np.zeros(50, np.uint64), np.arange(50).astype(np.uint64)).tolist() == []


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_rows_does_not_matter(seed: int) -> None:
    random = np.random.default_rng(seed)
    address = random.integers(1, 40, 300).astype(np.uint64)
    identity = np.where(random.random(300) < 0.5, 0, random.integers(100, 120, 300)).astype(np.uint64)
    defaults = default_identities(identity, address)
    order = random.permutation(300)
    one, other = join(address, identity, defaults), join(address[order], identity[order], defaults)
    assert one.device[order].tolist() == other.device.tolist()
    assert one.owned[order].tolist() == other.owned.tolist()


def test_nothing_is_nothing() -> None:
    assert len(join(NONE, NONE, NONE).device) == 0
    assert len(default_identities(NONE, NONE)) == 0
