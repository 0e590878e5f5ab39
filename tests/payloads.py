"""Texts that do something where they are not kept as text: one corpus for every place a name can come to."""

from __future__ import annotations

RUN = "window.pwned=1"
THERE = "http://127.0.0.1:9/pwned"  # nobody answers there, but a request for it is seen

JINJA = (
    "{{ 6 * 7 }}",
    "{%endraw%}{{ 6 * 7 }}{%raw%}",
    "{%- endraw -%}{{ ''.__class__.__mro__[1].__subclasses__() }}{%- raw -%}",
    "{{ cycler.__init__.__globals__.os.popen('touch pwned').read() }}",
    "{% include '/etc/passwd' %}{# gone #}",
    "{% endmacro %}{% endraw %}{% endif %}",
    "${7*7} #{7*7} <%= 7*7 %>",
    "{name} {text} {n} {z}",
)
HTML = (
    f"<script>{RUN}</script>",
    f"</script><script>{RUN}</script>",
    f"<img src=x onerror={RUN}>",
    f'"><img src=x onerror={RUN}>',
    f"' autofocus onfocus={RUN} x='",
    f"<iframe srcdoc='<script>parent.{RUN[7:]}</script>'></iframe>",
    f'<a href="javascript:{RUN}">here</a>',
    "<!--<script>",
    f"--></title></style></textarea></xmp><script>{RUN}</script>",
    f"</html><script>{RUN}</script>",
    f"<base href={THERE}>",
    f'<meta http-equiv=refresh content="0;url={THERE}">',
    f"&lt;img src=x onerror={RUN}&gt; &amp; &#60;",
    f"<details open ontoggle={RUN}>",
)
SVG = (
    f"<svg/onload={RUN}>",
    f"<svg><animate onbegin={RUN} attributeName=x dur=1s>",
    f"<svg><use href='data:image/svg+xml,<svg onload={RUN}>'/></svg>",
)
SCRIPT = (
    f"';{RUN};//",
    f'";{RUN};//',
    f'\\";{RUN};//',
    f"`${{{RUN}}}`",
    f"\u2028{RUN}\u2029//",
    "__proto__",
    "constructor",
)
STYLE = (
    f"red;background:url({THERE})",
    "</style><style>*{display:none}",
    f"@import '{THERE}';",
)
FORMULA = (
    f'=HYPERLINK("{THERE}","here")',
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(1+1)",
    "x\t=1+1",
    "\ufeff=1+1",
    "{=1+1}",
    "=摘要!$A$1",
    "＝1+1",
    THERE,
    "mailto:a@b.cn",
    "internal:Sheet2!A1",
    "external:c:\\pwned.xlsx",
)
PATH = (
    "../../../../tmp/pwned",
    "..\\..\\pwned",
    "/etc/passwd",
    "C:\\pwned",
    "CON",
    'a/b\\c:d*e?f"g<h>i|j',
    "$(touch pwned)",
    "; touch pwned;",
    "'`touch pwned`'",
)
SQL = (
    "'; DROP TABLE sites; --",
    '" OR ""="',
    "Robert'); DELETE FROM gpkg_contents;--",
)
TERMINAL = (
    "\x1b[2J\x1b[31mred",
    "\x1b]0;title\x07",
    f"\x1b]8;;{THERE}\x1b\\link\x1b]8;;\x1b\\",
    "\x9b31mred",
    "seen\rpvmap: all is well",
    "seen\x08\x08\x7f",
    "seen\npvmap: all is well",
    "[red]red[/red] [/] \\[bold]",
    f"[link={THERE}]link[/link] :warning:",
)
LETTERS = (
    "\u202egnirts desrever\u202c",
    "\u2069\u202e12 %",
    "a\u200bb\u2066c",
    "a\x1eb\x1dc",
    "nul\x00after",
    "中文 مبنى क्‍ष 😀 e\u0301",
    "\ufffe\uffff",
    "null",
    "007",
    "very long " * 4000 + "end",
)
PAYLOADS = (*JINJA, *HTML, *SVG, *SCRIPT, *STYLE, *FORMULA, *PATH, *SQL, *TERMINAL, *LETTERS)
