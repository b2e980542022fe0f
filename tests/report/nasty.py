"""The corpus of nasty strings: 200 texts that devices and files might hold to deceive or to act."""

from __future__ import annotations


def nasty_strings() -> list[str]:
    """200 different texts, none of them empty."""
    texts = [*_markup(), *_terminal(), *_formulas(), *_unseen_characters(), *_broken(), *_notation(), *_places()]
    assert len(texts) == len(set(texts)) == 200, (len(texts), len(set(texts)))
    return texts


def _markup() -> list[str]:
    return [
        "<script>alert(1)</script>",
        "</script><script>alert(1)</script>",
        "</style><style>*{display:none}</style>",
        "</title><h1>x</h1>",
        "<img src=x onerror=alert(1)>",
        '"><img src=x onerror=alert(1)>',
        "'><svg/onload=alert(1)>",
        "<svg><script>alert(1)</script></svg>",
        "<a href='javascript:alert(1)'>x</a>",
        '" onmouseover="alert(1)',
        "' onfocus='alert(1)' autofocus='",
        "` onload=`alert(1)`",
        "<!-- ",
        "-->",
        "<![CDATA[x]]>",
        "]]>",
        "<?xml version='1.0'?>",
        "<!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]>",
        "&lt;b&gt;",
        "&#60;b&#62;",
        "&nbsp;&amp;&quot;",
        "&",
        "<",
        ">",
        "<b",
        "</bdi></td></tr></table></details>",
        "</article></main></body></html>",
        "<base href='https://example.org/'>",
        "<meta http-equiv=refresh content='0;url=https://example.org/'>",
        "<link rel=stylesheet href=https://example.org/x.css>",
        "<iframe srcdoc='<b>x</b>'>",
        "<form action=https://example.org/><button>x",
        "<textarea>",
        "<plaintext>",
        "<noscript><p title='</noscript><img src=x>'>",
        "<mark>no match</mark>",
        "<details open><summary>x</summary>",
        "{{ 7 * 7 }}",
        "{% raw %}",
        "{# comment #}",
        "{{ ''.__class__.__mro__ }}",
        "${7*7}",
        "{0.__class__}",
        "https://example.org/camera",
        "mailto:someone@example.org",
        "file:///etc/passwd",
        "data:text/html,<b>x</b>",
    ]


def _terminal() -> list[str]:
    return [
        "\x1b[31mred\x1b[0m",
        "\x1b[2J\x1b[H",
        "\x1b]0;new title\x07",
        "\x1b]8;;https://example.org/\x1b\\link\x1b]8;;\x1b\\",
        "\x1b]52;c;cm0gLXJm\x07",
        "\x1bP+q544e\x1b\\",
        "\x1b_x\x1b\\",
        "\x1b^x\x1b\\",
        "\x1b[6n",
        "\x1b[?1049h",
        "\x1b(0lqqk",
        "\x9b31mred",
        "\x9d0;title\x9c",
        "\x90x\x9c",
        "a\rb",
        "a\r\nb",
        "a\nb",
        "a\tb",
        "a\bb",
        "a\x0bb",
        "a\x07b",
        "a\x00b",
        "\x00",
        "a\x7fb",
        "a\x85b",
        "a\x0e\x0fb",
        "[bold]x[/bold]",
        "[link=https://example.org/]x[/link]",
        "[/]",
        "[red",
        "[@click=app.quit]x[/]",
        ":smile: :warning:",
        "\\[bold]x",
        "x" * 300,
        "W" * 39 + "-" * 260,
    ]


def _formulas() -> list[str]:
    starters = ["=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20"]
    return [
        *(f"{sign}1+1" for sign in starters),
        *starters,
        '=HYPERLINK("https://example.org/?"&A1,"x")',
        "=cmd|' /C calc'!A0",
        "@SUM(1+1)*cmd|' /C calc'!A0",
        " =1+1",
        "   @x",
        "'=1+1",
        "''=1+1",
        "' =1",
        "'s-Hertogenbosch",
        "\n=1+1",
        "\xa0=1+1",
        "\ufeff=1+1",
        "\u200b=1+1",
        '"=1+1"',
        'a","=1+1',
        "a;=1+1",
        "a,b",
        'a"b',
        "-5",
        "+31 20 123 45 67",
        "1e5",
        "2022-12-01",
    ]


def _unseen_characters() -> list[str]:
    alone = [0x00AD, 0x061C, 0x115F, 0x180E, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2028, 0x2029, 0x2060, 0x3164]
    alone += [0xFEFF, 0xFFF9, 0xFFA0, 0xFE0F, 0x2800, 0x00A0, 0x3000, 0xE0041, 0xE0100]
    turning = [0x202A, 0x202B, 0x202C, 0x202D, 0x202E, 0x2066, 0x2067, 0x2068, 0x2069]
    return [
        *(f"Hik{chr(number)}vision" for number in alone),
        *(f"invoice{chr(number)}fdp.exe" for number in turning),
        "\u202ekcatta\u202c",
        "\u2067\u2066\u2069",
    ]


def _broken() -> list[str]:
    return [
        "a\ud800b",
        "\udfff",
        "\udc80\udcff",
        "\ud83d\ude00 as two halves",
        "\ufffe",
        "\uffff",
        "\U0010ffff",
        "\ue000 private",
        "\U000f0000 private",
        "\u0378 unassigned",
        "\ufffd",
        "Z\u0351\u036b\u0343\u036a\u0302\u036b\u033d\u034f\u0334\u0319\u0324a\u031elgo",
        "\u0338 leading accent",
        "e\u0301",
        "camera \u1f4f7\ufe0f",
    ]


def _notation() -> list[str]:
    return [
        "\\x1b[31m",
        "\\x1B",
        "\\u{1B}",
        "\\u{5C}u{1B}",
        "\\\\u{1B}",
        "\\u{202E}",
        "\\u{110000}",
        "\\u{10FFFF}",
        "\\u{1b}",
        "\\",
        "\\\\",
        "C:\\temp\\new",
        "\\x00\\xff",
        "\\u0041",
        "_x0041_",
        "_x000D_",
        "… (5 more characters)",
    ]


def _places() -> list[str]:
    return [
        "../../etc/passwd",
        "$(reboot)",
        "'; DROP TABLE assets; --",
        "a && b",
        "日本語のカメラ",
        "كاميرا",
        "מצלמה",
        "กล้องวงจรปิด",
        "Ｈｉｋｖｉｓｉｏｎ",
        "Нikvision",
        "📷 camera",
    ]
