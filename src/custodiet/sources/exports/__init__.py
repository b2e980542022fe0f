"""Exports of internet scans: what search engines and scanners saw of addresses that others own.

One file a format, each with one pure function from a row to `ScanRecord`s; the reader for `audit` and the fast walk for
counting are made of that one function.
"""
