"""Invalid values of the right type."""

from __future__ import annotations

from collections.abc import Iterator

from .portal import FOLDER, PAPER, PORTAL, RELEASE, toml
from .spoil import Bad, in_text


def spoilt_values() -> Iterator[Bad]:
    """Invalid values of the right type."""
    release, portal, schema = f"{FOLDER}/release.toml", "portal.toml", f"{FOLDER}/schema.yaml"
    for when in (
        "26",
        "2026-13",
        "2026-00",
        "2026-02-30",
        "2026-02-32",
        "tomorrow",
        "01/02/2026",
        "2026-1",
        "",
        " ",
    ):
        for key in ("published", "observed_from", "found"):
            old = {"published": "2026-01", "observed_from": "2020-01", "found": "2026-02"}[key]
            mark = f"{key} = " if key == "published" else f'"{key}" = '
            yield in_text(release, f"{key} {when!r}", key, (f"{mark}{toml(old)}", f"{mark}{toml(when)}"))
    for name in (
        "",
        "Stars",
        "a b",
        "../x",
        "a/b",
        "con",
        "lpt1",
        "1a",
        "ä",
        "x" * 41,
        "a;b",
        "<b>",
        "spectra",
        "plain",
    ):
        yield in_text(
            release, f"catalogue {name[:9]!r}", "catalogue", ('"name" = "stars"', f'"name" = {toml(name)}')
        )
    for name in ("", "Bad z", "../x", "ä", "x" * 61, "file"):
        yield in_text(release, f"issue {name[:9]!r}", "known", ('"name" = "bad-z"', f'"name" = {toml(name)}'))
    for doi in ("https://doi.org/10.1/a", "10.1", "doi:10.1234/abc", "10.1234/<b>", "10.1234/a b", ""):
        yield in_text(release, f"doi {doi!r}", "doi", ('doi = "10.1234/abc"', f"doi = {toml(doi)}"))
    for address in (
        "javascript:alert(1)",
        "data:text/html,x",
        "survey.example",
        "//x",
        "file:///etc",
        "https://a b",
        "",
        'https://"><b>',
    ):
        yield in_text(
            release, f"original {address!r}", "original", ('"https://survey.example/dr1"', toml(address))
        )
        for key in ("homepage", "base_url", "contact_form"):
            yield in_text(
                portal,
                f"{key} {address!r}",
                key,
                (f"{key} = {toml(PORTAL[key])}", f"{key} = {toml(address)}"),
            )
    for mail in ("help", "a b@c", "<b>@x.y", "a@b@c", "", "mailto:a@b.c"):
        yield in_text(portal, f"contact {mail!r}", "contact", ('"help@survey.example"', toml(mail)))
    for codes in (
        [],
        ["xx"],
        ["english"],
        ["../x"],
        ["en", "en"],
        ["EN"],
        ["en", ""],
        ["en/zh"],
        ["."],
        ["zz-QQ"],
    ):
        yield in_text(portal, f"languages {codes}", "languages", ('["en", "zh"]', toml(codes)))
    for licence in ("free", "", "CC-BY", "MIT OR Apache-2.0", "LicenseRef-x", "<b>"):
        yield in_text(portal, f"license {licence!r}", "license", ('"CC-BY-4.0"', toml(licence)))
    for orcid in ("0000-0002-1825-0098", "0000", "https://orcid.org/0000-0002-1825-0097", ""):
        for file in (portal,):
            yield in_text(file, f"orcid {orcid!r}", "orcid", ('"0000-0002-1825-0097"', toml(orcid)))
    for key, bad in [("bibcode", "2012RAA"), ("arxiv", "12"), ("key", "a b"), ("key", ""), ("year", -1)]:
        old = f'"{key}" = {toml(PAPER[key])}'
        yield in_text(portal, f"papers {key} {bad!r}", "papers", (old, f'"{key}" = {toml(bad)}'))
    for example in ("", "TEST", "TEST J0102", "TEST J010203.4+010203.4"):
        yield in_text(portal, f"naming {example!r}", "naming", ('"TEST J010203.45+010203.4"', toml(example)))
    for theme in ("nowhere", "../default", "", "/etc", "de fault"):
        yield in_text(portal, f"theme {theme!r}", "theme", ('theme = "default"', f"theme = {toml(theme)}"))
        yield in_text(release, f"theme {theme!r}", "theme", ('theme = "default"', f"theme = {toml(theme)}"))
    for ivoid in ("survey", "ivo:/x", "ivo://a", "ivo://a b/c", ""):
        yield in_text(portal, f"ivoid {ivoid!r}", "ivoid", ('"ivo://survey"', toml(ivoid)))
    for source in (
        "nothing.fits",
        "",
        ".",
        "..",
        "docs",
        "*.nothing",
        "/nowhere/x.fits",
        "a\u0000b.csv",
        "x" * 300,
        "release.toml",
    ):
        yield in_text(release, f"source {source[:9]!r}", "", ('"stars.fits"', toml(source)))
        if not source.startswith("/"):
            yield in_text(release, f"schema {source[:9]!r}", "", ('"schema.yaml"', toml(source)))
        yield in_text(release, f"ids_file {source[:9]!r}", "ids", ('"ids.csv"', toml(source)))
    for hdu in (0, 2, 99, -1, "NOTHING"):
        yield in_text(release, f"hdu {hdu!r}", "stars.fits", ('"hdu" = 1', f'"hdu" = {toml(hdu)}'))
    for role in ("ra", "dec", "id", "class", "redshift"):
        old = f'"{role}" = {toml(RELEASE["catalogues"][0]["roles"][role])}'
        yield in_text(release, f"role {role}", "nowhere", (old, f'"{role}" = "nowhere"'))
    for where in (
        "",
        "z >",
        "nowhere = 1",
        "1; DROP TABLE x",
        "z = 'a'",
        "(SELECT 1",
        "read_text('/etc/passwd') = ''",
        "count(*) > 1",
    ):
        yield in_text(release, f"where {where!r}", "where", ('"z > 1"', toml(where)))
    for bits in ({"63": "A"}, {"-1": "A"}, {"a": "A"}, {"0": ""}, {"0": 5}):
        yield in_text(
            release, f"bits {bits}", "bits", ('"bits" = { "0" = "BAD"', f'"bits" = {toml(bits)[:-2]}')
        )
    for ends in ([9, -1], [1], [1, 2, 3], ["a", 1], [True, 2], {}, "1..2"):
        yield in_text(release, f"range {ends}", "range", ('"range" = [-1, 9]', f'"range" = {toml(ends)}'))
    for key, old, bad in [
        ("compare", "compare = []", 'compare = ["test/v9"]'),
        ("compare", "compare = []", 'compare = ["test/v1"]'),
        ("catalogue", '"catalogue" = "stars"', '"catalogue" = "nowhere"'),
        ("columns", '"columns" = ["z"]', '"columns" = ["nowhere"]'),
        ("index", '"index" = ["id"]', '"index" = ["nowhere"]'),
        ("superseded_by", "status =", 'superseded_by = "test/v9"\nstatus ='),
        ("missing", '"z" = [-9999]', '"nowhere" = [1]'),
        ("table", '"table" = "stars"', '"table" = "no"'),
    ]:
        yield in_text(release, f"{key}: {bad}", key, (old, bad))
    for key, old, bad in [
        ("datatype", '"datatype": "long"', '"datatype": "integer"'),
        ("datatype", ', "datatype": "long"', ""),
        ("columns", '"name": "dec"', '"name": "RA"'),
        ("ra", '"name": "ra"', '"name": "right"'),
        ("length", '"length": 8', '"length": 0'),
        ("length", '"length": 8', '"length": "a"'),
        ("nullable", '"nullable": true', '"nullable": 7'),
        ("ucd", '"ivoa:ucd": "meta.id;meta.main"', '"ivoa:ucd": 5'),
        ("unit", '"ivoa:unit": "deg"', '"ivoa:unit": ["deg"]'),
        ("columns", '"columns": [', '"colums": ['),
        ("tables", '"tables": [', '"tables": [5, '),
        ("name", '"name": "snrg"', '"nam": "snrg"'),
        ("principal", '"tap:principal": 1', '"tap:principal": 2'),
        ("", '{"name": "test"', "{{{"),
        ("", '"tables"', "\t- :\n&a"),
        ("", '{"name": "test"', "!!python/object/apply:os.system ['true']\n#"),
        ("", '{"name"', "- *nothing\n- {"),
    ]:
        yield in_text(schema, f"{key}: {bad}", key, (old, bad))
