"""Pages of accounts: one's own, the people of the installation, the members and the tokens of a body."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

ADDRESSES = ("/account/", "/account/app/", "/account/passkeys/", "/b/waterdorp/members/", "/b/waterdorp/tokens/")


@pytest.mark.parametrize("address", [*ADDRESSES, "/people/"])
def test_pages_and_their_json(person: Callable[..., Any], address: str) -> None:
    client = person("administrator", administrator=True)
    assert client.get(address).status_code == 200
    assert client.get(f"{address}?as=json").status_code == 200
