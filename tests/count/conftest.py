"""Counting works on Arrow batches, which is an extra."""

import pytest

pytest.importorskip("pyarrow", reason="counting needs the extra `bulk`")
