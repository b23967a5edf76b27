import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { test } from "node:test";
import { Refused } from "../src/search/grammar.js";
import { readPermalink, writePermalink } from "../src/search/permalink.js";
import { linkTable, listText, parseTargets } from "../src/search/targets/target-link.js";
import { readList } from "../src/search/targets/read.js";
import { guessRoles, nameColumns, resolveTargets } from "../src/search/targets/roles.js";
import { ownNames } from "../src/results/query/find-targets.js";
import { split } from "../src/search/targets/text-list.js";

const column = (/** @type {string} */ name, /** @type {string} */ datatype, rest = {}) => ({
  name,
  datatype,
  ...rest,
});
const FORM = {
  name: "lrs",
  rows: 1,
  position: { ra: "ra", dec: "dec" },
  id: "obsid",
  columns: [
    column("obsid", "long"),
    column("ra", "double"),
    column("dec", "double"),
    column("gaia_source_id", "long"),
    column("designation", "string", { ucd: "meta.id" }),
  ],
};

/** @param {string | Uint8Array<ArrayBuffer>} content */
async function read(content) {
  const table = await readList(new Blob([content]));
  const roles = guessRoles(table, FORM);
  nameColumns(table, roles);
  const targets = await resolveTargets(table, roles, FORM);
  const list = (/** @type {any} */ values) => values && Array.from(values);
  return {
    table,
    roles,
    targets,
    names: table.columns.map(({ name }) => name),
    ra: list(targets.ra),
    dec: list(targets.dec),
    radius: list(targets.radius),
    ids: list(targets.ids),
    bad: targets.problems.first.map(({ line }) => line),
  };
}

test("separators, headers, comments, marks and line ends", async () => {
  for (const text of [
    "ra,dec\n10.5,-20.5\n11,21\n",
    "\ufeffra,dec\r\n10.5,-20.5\r\n11,21\r\n",
    "ra\tdec\n10.5\t-20.5\n11\t21",
    "RAJ2000;DEJ2000\r10.5;-20.5\r11;21\r",
    "# made by hand\n# ra dec\n10.5 -20.5\n\n# between\n  11   21  ",
    "10.5 -20.5\n11 21",
    "10.5,-20.5\n11,21",
    "ra | dec\n10.5 | -20.5\n11 | 21",
    "_RAJ2000\t_DEJ2000\ndeg\tdeg\n------\t-----\n10.5\t-20.5\n11\t21",
    "Right Ascension (deg),Declination (deg)\n10.5,-20.5\n11,21",
    '"name","ra","dec"\n"a, ""b""",10.5,-20.5\n"two\nlines",11,21\n',
    "name,dec,ra\nx,-20.5,10.5\ny,21,11",
    "00:42:00 -20:30:00\n00:44:00 +21:00:00",
    "00 42 00 -20 30 00\n00 44 00 21 00 00",
    "0h42m00s,-20d30m00s\n0h44m00s,+21d00m00s",
    "J004200.0-203000.0\nJ004400.0+210000.0",
  ]) {
    const { ra, dec, bad } = await read(text);
    assert.deepEqual([ra, dec, bad], [[10.5, 11], [-20.5, 21], []], JSON.stringify(text));
  }
  const utf16 = Buffer.from("\ufeffra,dec\r\n10.5,20\r\n", "utf16le");
  assert.deepEqual((await read(new Uint8Array(utf16))).ra, [10.5]);
  assert.deepEqual((await read(new Uint8Array(gzipSync("ra,dec\n10.5,20\n")))).ra, [10.5]);
});

test("every target may have a radius", async () => {
  assert.deepEqual((await read("10,20\n11,21,5\n12,22,0.5")).radius, [NaN, 5, 0.5]);
  assert.deepEqual((await read("ra,dec,radius_arcmin\n10,20,1\n11,21,")).radius, [60, NaN]);
  assert.equal((await read("# ra dec mag\n10 20 15.5")).radius, null);
});

test("lines that cannot be read are reported and do not affect others", async () => {
  const text = "ra,dec,name\n1,2,a\nx,2,b\n400,2,c\n1,95,d\n,2,e\n1,2\n1,2,f,more\n1,\0,g\n7,8,h\n";
  const { ra, bad, targets } = await read(text);
  assert.deepEqual(ra, [1, 7]);
  assert.deepEqual(
    bad.sort((a, b) => a - b),
    [3, 4, 5, 6, 7, 8, 9],
  );
  assert.equal(targets.problems.count, 7);
  const open = await read('ra,dec,name\n1,2,"open\n3,4,b\n5,6,c\n');
  assert.deepEqual([open.ra, open.bad], [[3, 5], [2]]);
  const hostile = await read(`ra,dec,n\n${'1,2,"x\n'.repeat(5000)}3,4,y\n`);
  assert.deepEqual([hostile.ra, hostile.targets.problems.count], [[3], 5000]);
});

test("identifiers are exact to the last of 64 bits", async () => {
  const { ids, bad, roles } = await read(
    "obsid\n9223372036854775807\n9007199254740993\n9223372036854775808\n1.2E+18\n007\nabc\n-5\n",
  );
  assert.deepEqual(ids, [9223372036854775807n, 9007199254740993n, 7n, -5n]);
  assert.deepEqual([bad, roles.by, roles.column], [[4, 5, 7], "id", "obsid"]);
  const plain = await read("9223372036854775807\n101001\n");
  assert.deepEqual([plain.ids, plain.names], [[9223372036854775807n, 101001n], ["obsid"]]);
  assert.equal((await read("Gaia_Source_ID,g\n1,15\n")).roles.column, "gaia_source_id");
  const texts = await read("name\nLAMOST J1\nLAMOST J2\n");
  assert.deepEqual([texts.ids, texts.roles.column], [["LAMOST J1", "LAMOST J2"], "designation"]);
});

test("VOTable", async () => {
  const { ra, dec, bad, table } = await read(
    '<?xml version="1.0"?>\n<vot:VOTABLE xmlns:vot="x"><vot:RESOURCE><vot:TABLE name="t">' +
      '<vot:FIELD name="id" datatype="long"><vot:VALUES null="-1"/></vot:FIELD>' +
      '<vot:FIELD name="a&amp;b" datatype="double" unit="deg" ucd="pos.eq.ra;meta.main"/>' +
      "<vot:FIELD name='c' datatype='double' ucd='pos.eq.dec'><vot:DESCRIPTION>d</vot:DESCRIPTION></vot:FIELD>" +
      "<vot:DATA><vot:TABLEDATA><vot:TR><vot:TD>9223372036854775807</vot:TD><vot:TD>1.5</vot:TD><vot:TD>2</vot:TD></vot:TR>" +
      "<!-- <vot:TR><vot:TD>1</vot:TD></vot:TR> --><vot:TR><vot:TD>-1</vot:TD><vot:TD>3</vot:TD><vot:TD><![CDATA[4]]></vot:TD></vot:TR>" +
      "<vot:TR><vot:TD/></vot:TR></vot:TABLEDATA></vot:DATA></vot:TABLE></vot:RESOURCE></vot:VOTABLE>",
  );
  assert.deepEqual([ra, dec, bad], [[1.5, 3], [2, 4], [3]]);
  assert.deepEqual(
    [table.columns[0].text(0), table.columns[0].text(1), table.columns[1].name],
    ["9223372036854775807", "", "a&b"],
  );
});

test("files that are not lists are refused", async () => {
  for (const content of [
    "\0\x01\x02",
    "<?xml version='1.0'?><VOTABLE></VOTABLE>",
    "<VOTABLE><TABLE><DATA><BINARY2/></DATA></TABLE></VOTABLE>",
    "SIMPLE  =                    T",
    new Uint8Array([0x1f, 0x8b, 1, 2, 3]),
  ])
    await assert.rejects(read(/** @type {any} */ (content)), Refused);
});

test("values in quotation marks", () => {
  assert.deepEqual(split('a,"b,""c""",', ","), ["a", 'b,"c"', ""]);
  assert.deepEqual(split('"M 31"  10.5 "x"', " "), ["M 31", "10.5", "x"]);
  assert.deepEqual(split('5" star,1', ","), ['5" star', "1"]);
  assert.equal(split('a,"b', ","), null);
});

test("the list's columns are next to the catalogue's", async () => {
  const { targets } = await read("Name,ra,dec,separation,Obsid\nx,1,2,3,4\n");
  assert.deepEqual(ownNames(targets, FORM), [
    "Name",
    "target_ra",
    "target_dec",
    "target_separation",
    "target_Obsid",
  ]);
});

test("short lists are in links, of long ones only the number", async () => {
  for (const link of [
    "catalogue=lrs&targets=10,20%3B11.5,-21,30",
    "catalogue=lrs&targets=10,20&match=nearest&match_radius=5",
    "catalogue=lrs&targets=designation:%22a%20b%22%3B%22c%3Bd%22%3Be",
    "catalogue=lrs&targets=obsid:9223372036854775807%3B-5",
    "catalogue=lrs&targets=list%20of%201000",
  ]) {
    const { search, problems, asked } = readPermalink(link, [FORM]);
    assert.deepEqual([problems, asked], [[], true], link);
    assert.equal(writePermalink(search), link);
    if (!search.list || "count" in search.list.parsed) continue;
    const { table, roles } = await linkTable(search.list.parsed, FORM);
    const targets = await resolveTargets(table, roles, FORM);
    assert.equal(writePermalink({ ...search, targets: { ...search.list, targets } }), link);
    const again = await read(listText(search.list.parsed));
    assert.deepEqual(
      [again.ra, again.ids],
      [targets.ra && [...targets.ra], targets.ids && [.../** @type {any} */ (targets.ids)]],
    );
  }
  const rows = Array.from({ length: 51 }, (_, i) => `${i},0`).join("\n");
  const { targets } = await read(rows);
  const search = {
    ...readPermalink("", [FORM]).search,
    targets: { targets, match: /** @type {const} */ ("all"), radius: 2 },
  };
  assert.equal(writePermalink(search), "catalogue=lrs&targets=list%20of%2051");
  for (const bad of [
    "targets=1",
    "targets=1,2,3,4",
    "targets=none:1",
    "targets=1,2&cone=1,2,3",
    "match=some",
    "targets=1,95",
  ])
    assert.equal(readPermalink(bad, [FORM]).problems.length, 1, bad);
  assert.ok("count" in parseTargets("list of 7"));
});

/** l, b, and ra, dec by astropy, in degrees. */
const GALACTIC = [
  [0, 0, 266.4049882865447, -28.936177761791473],
  [224.9815318037016, 45.94645845472245, 148.926218, 11.450658],
  [43.46684569442832, -11.265388540012559, 297.707954, 4.043134],
  [-120.5, 89.9, 192.75902194023828, 27.083490601175708],
  [359.99, -60.25, 340.1987783543868, -39.49688323328544],
];
const MAS = 1 / 3.6e6;

test("columns of galactic coordinates, by name or UCD, become ICRS", async () => {
  const rows = (/** @type {(k: number) => number} */ change = (value) => value) =>
    GALACTIC.map(([l, b]) => `${change(l)},${change(b)}`).join("\n");
  const votable = (/** @type {string} */ ucds) =>
    `<VOTABLE version="1.4"><RESOURCE><TABLE>${ucds
      .split(" ")
      .map((ucd, i) => `<FIELD name="c${i}" datatype="double" unit="deg" ucd="${ucd}"/>`)
      .join(
        "",
      )}<DATA><TABLEDATA>${GALACTIC.map(([l, b]) => `<TR><TD>${l}</TD><TD>${b}</TD></TR>`).join("")}</TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>`;
  for (const content of [
    `l,b\n${rows()}`,
    `L,B\n${rows()}`,
    `glon,glat\n${rows()}`,
    `l [deg],b (deg)\n${rows()}`,
    `GLON_deg,GLAT_deg\n${rows()}`,
    `gal_l;gal_b\n${rows().replaceAll(",", ";")}`,
    `galactic longitude,galactic latitude\n${rows()}`,
    `l_rad,b_rad\n${rows((value) => (value * Math.PI) / 180)}`,
    votable("pos.galactic.lon;meta.main pos.galactic.lat;meta.main"),
    votable("POS_GAL_LON POS_GAL_LAT"),
  ]) {
    const { ra, dec, bad } = await read(content);
    assert.deepEqual(bad, [], content.slice(0, 40));
    GALACTIC.forEach(([, , east, north], i) => {
      assert.ok(Math.abs(dec[i] - north) < MAS, content.slice(0, 40));
      assert.ok(
        Math.abs(ra[i] - east) * Math.cos((north * Math.PI) / 180) < MAS,
        `${content.slice(0, 40)} ${ra[i]}`,
      );
    });
  }
});

test("l and b beside ra and dec are other columns", async () => {
  const { ra, dec } = await read("l,b,ra,dec\n1,2,10,20\n3,4,30,40");
  assert.deepEqual(
    [ra, dec],
    [
      [10, 30],
      [20, 40],
    ],
  );
  const { ra: named } = await read("b,ra,l,dec\n1,10,2,20");
  assert.deepEqual(named, [10]);
  const { roles } = await read("l,name\n1,a\n2,b");
  assert.equal(roles.by, "id");
});
