"""The proving ground: an emulated estate in network namespaces, for the tests and benchmarks of `find`.

A developer tool: no part of the package, needs nothing but the standard library, root, `ip` and `nft`.
"""
