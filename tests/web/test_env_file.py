"""A file of settings says here what it says to systemd."""

from __future__ import annotations

import pytest

from custodiet.web.env_file import parse_env_file


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("A=postgresql://u:p%40@h/x?sslmode=verify-full&sslrootcert=/etc/x.pem", None),
        ("A='postgresql://u:p@h/x?a=b&c=d'", "postgresql://u:p@h/x?a=b&c=d"),
        ("  A = two words  ", "two words"),
        ("A=", ""),
        ("A=it's $HOME `here` # too", "it's $HOME `here` # too"),
        ('A="a \\"b\\" \\$c \\n"', 'a "b" $c \\n'),
        ("A='a \\ b'", "a \\ b"),
        ("A=a\\ b\\\\", "a b\\"),
        ("A=one\\\n  two", "one  two"),
        ("A='one\ntwo'", "one\ntwo"),
        ("A=\"one\" 'two' three", "onetwothree"),
        ('A="never closed', "never closed\n"),
        ("A=1\r\nB=2", "1"),
        ("A=1\nA=2", "2"),
        ("#A=1\n;A=2\n\nA=3", "3"),
    ],
)
def test_values_are_those_that_systemd_reads(line: str, value: str | None) -> None:
    found, left_out = parse_env_file(f"{line}\n")
    assert found["A"] == (line.partition("=")[2] if value is None else value)
    assert not left_out


def test_lines_that_set_nothing_are_told() -> None:
    found, left_out = parse_env_file("A=1\nexport B=2\n2C=3\n\njust words\n=x\nD=4")
    assert (found, left_out) == ({"A": "1", "D": "4"}, (2, 3, 5, 6))
