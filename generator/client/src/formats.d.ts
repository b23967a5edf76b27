/* Made from generator/formats/schema by types.mjs; change the models in generator/formats instead. */

/**
 * A row group: about 0.4 MB, compact on the sky.
 */
export type Tile = [
  offset: number,
  bytes: number,
  rows: number,
  first_pixel: number | null,
  last_pixel: number | null,
];
/**
 * A script twin: the bytes that chunks/NNNN.js carries, by its place in the list.
 */
export type Chunk = [file: number, offset: number, bytes: number];
/**
 * A bit of a mask.
 */
export type Bit = [bit: number, name: string, about: string];
/**
 * The histogram of a column, beside the form.
 */
export type ShownHistogram = [edges: number[], counts: number[]];
/**
 * All known issues of a release.
 */
export type ListedIssues = ListedIssue[];
/**
 * A section of a document, a page, a catalogue, a column or a known issue.
 */
export type SearchRecord = [
  kind: "document" | "question" | "catalogue" | "column" | "issue" | "page",
  title: string,
  heading: string,
  address: string,
  text: string,
];
/**
 * All records of a language.
 */
export type SearchRecords = SearchRecord[];
/**
 * A source file that could not be read.
 */
export type LeftOutFile = [path: string, why: string];
/**
 * A value, and in how many rows it is.
 */
export type Counted = [value: boolean | number | string | null, rows: number];
/**
 * A bit of a mask, and in how many rows it is set.
 */
export type BitCount = [bit: number, rows: number];
/**
 * A value that looks like "nothing", and in how many rows it is.
 */
export type Suspect = [value: number | string, rows: number];
/**
 * A signal-to-noise ratio, and how many rows reach it.
 */
export type SnrThreshold = [snr: number, rows: number];

/**
 * Every format by the name of its schema.
 */
export interface Formats {
  "catalogue-issues": CatalogueIssues;
  catalogue: Catalogue;
  "changed-table": ChangedTable;
  "compared-catalogue": ComparedCatalogue;
  console: ConsoleSchema;
  cover: Cover;
  differences: Differences;
  edition: EditionMark;
  form: FormBlock;
  histograms: ShownHistograms;
  issues: ListedIssues;
  lines: ShownLines;
  manifest: Manifest;
  medium: MediumContents;
  mirror: Mirror;
  object: ObjectBlock;
  page: PageBlock;
  query: QueryFile;
  "sealed-header": SealedHeader;
  "search-records": SearchRecords;
  "sky-cover": SkyCover;
  spectra: Spectra;
  statistics: Statistics;
}
/**
 * The known issues of a catalogue's rows.
 */
export interface CatalogueIssues {
  /**
   * Column of the ids.
   */
  id: string | null;
  /**
   * In the order of release.toml.
   */
  issues: RowIssue[];
}
/**
 * A known issue, as pages mark rows by it.
 */
export interface RowIssue {
  /**
   * Its anchor on issues.html.
   */
  name: string;
  /**
   * By language.
   */
  title: {
    [k: string]: string;
  };
  /**
   * As in issues.json.
   */
  status: "open" | "fixed" | "stays";
  /**
   * Whose values are affected; none: the whole row.
   */
  columns: string[];
  /**
   * null where no rows are named: all are meant.
   */
  rows: number | null;
  /**
   * In ascending order; whole numbers as differences, each from the one before, between spaces. null where they are too many or none are named.
   */
  ids: string | string[] | null;
}
/**
 * A catalogue: its columns, and where which rows are.
 */
export interface Catalogue {
  /**
   * In addresses, SQL and names of folders.
   */
  name: string;
  /**
   * In all partitions.
   */
  rows: number;
  /**
   * null where rows have no place on the sky.
   */
  position: Position | null;
  /**
   * Column of the role `id`.
   */
  id: string | null;
  /**
   * In the order of the source, without `_healpix_29`.
   */
  columns: CatalogueColumn[];
  /**
   * In the order of the rows.
   */
  partitions: Partition[];
  /**
   * Indexes of columns of ids.
   */
  ids: IdIndex[];
  /**
   * Script twins in the order of their numbers.
   */
  chunks: Chunk[];
  /**
   * Of the partitions.
   */
  bytes: number;
  /**
   * The same where rows and statistics are the same, whatever is said of them in words.
   */
  content?: string;
}
/**
 * The columns of the position.
 */
export interface Position {
  /**
   * Column of the right ascension, ICRS, in degrees.
   */
  ra: string;
  /**
   * Column of the declination, ICRS, in degrees.
   */
  dec: string;
}
/**
 * A column, as the schema describes it.
 */
export interface CatalogueColumn {
  /**
   * As in the Parquet files.
   */
  name: string;
  /**
   * The narrowest Felis datatype; of arrays, of their elements.
   */
  datatype:
    "boolean" | "byte" | "short" | "int" | "long" | "float" | "double" | "string" | "timestamp" | "binary";
  /**
   * In VOUnit syntax, where the source or the schema says one.
   */
  unit: string | null;
  /**
   * UCD1+, where one is known.
   */
  ucd: string | null;
  /**
   * Of the schema, else of the source.
   */
  description: string | null;
  /**
   * Values that mean "nothing", as release.toml declares them.
   */
  missing: (number | string)[];
  /**
   * Those of `missing` that the column has; of arrays, all.
   */
  marked: (number | string)[];
  /**
   * As VOTable writes it; null for single values.
   */
  arraysize: string | null;
  /**
   * Whole numbers of 64 bits without a sign.
   */
  unsigned?: boolean;
  /**
   * Digits behind the point: of decimals, and 9 of times in nanoseconds.
   */
  scale?: number;
}
/**
 * A Parquet file with some of the rows.
 */
export interface Partition {
  /**
   * In the catalogue's folder.
   */
  path: string;
  /**
   * Of the whole file.
   */
  size: number;
  /**
   * How many.
   */
  rows: number;
  /**
   * Where the footer begins: the end of the last tile.
   */
  footer: number;
  /**
   * Row groups in the order of the file.
   */
  tiles: Tile[];
}
/**
 * Where ids of a column are looked up without reading the rows.
 */
export interface IdIndex {
  /**
   * The column of ids.
   */
  column: string;
  /**
   * Pairs of id and tile in all files.
   */
  rows: number;
  /**
   * In the order of ids.
   */
  files: IdIndexFile[];
}
/**
 * A Parquet file of ids in ascending order, each with the number of the tile that has it.
 */
export interface IdIndexFile {
  /**
   * In the catalogue's folder.
   */
  path: string;
  /**
   * Of the whole file.
   */
  size: number;
  /**
   * Where the footer begins.
   */
  footer: number;
  /**
   * The first id; a number beyond 2^53 is text.
   */
  first: number | string;
  /**
   * The last id, inclusive.
   */
  last: number | string;
}
/**
 * What release.toml would say of the table of changed rows, which is one more catalogue.
 */
export interface ChangedTable {
  /**
   * By column, values that mean "nothing".
   */
  missing: {
    [k: string]: (number | string)[];
  };
  /**
   * As in release.toml.
   */
  roles: {
    [k: string]: unknown;
  };
  /**
   * As in release.toml.
   */
  positions: "require" | "none";
  /**
   * As in release.toml.
   */
  index: string[];
}
/**
 * A catalogue of both releases.
 */
export interface ComparedCatalogue {
  /**
   * In the later release.
   */
  name: string;
  /**
   * In the former release.
   */
  former: string;
  /**
   * Columns of the former catalogue.
   */
  columns_before: number;
  /**
   * Columns of the later one.
   */
  columns_after: number;
  /**
   * Columns of the later one only.
   */
  added?: ComparedColumn[];
  /**
   * Columns of the former one only.
   */
  removed?: ComparedColumn[];
  /**
   * Columns of both, in the later order.
   */
  pairs?: ColumnPair[];
  /**
   * Whether their order changed.
   */
  reordered?: boolean;
  /**
   * null where rows were not compared.
   */
  rows?: ComparedRows | null;
  /**
   * Why rows were not compared.
   */
  why_not?: string;
  /**
   * Of the columns in which anything differs.
   */
  values?: ChangedValues[];
  /**
   * Columns whose values cannot be compared.
   */
  not_compared?: string[];
  /**
   * Counts that differ.
   */
  facts?: ChangedFact[];
}
/**
 * A column as a release describes it.
 */
export interface ComparedColumn {
  /**
   * As in its catalogue.json.
   */
  name: string;
  /**
   * As in its catalogue.json.
   */
  datatype: string;
  /**
   * null for single values.
   */
  arraysize?: string | null;
  /**
   * In VOUnit syntax.
   */
  unit?: string | null;
  /**
   * UCD1+.
   */
  ucd?: string | null;
  /**
   * Of the schema, else of the source.
   */
  description?: string | null;
  /**
   * Values that mean "nothing".
   */
  missing?: (number | string)[];
}
/**
 * A column of both releases.
 */
export interface ColumnPair {
  before: ComparedColumn;
  after: ComparedColumn;
  /**
   * What is said of it otherwise.
   */
  changes?: ("renamed" | "retyped" | "unit" | "ucd" | "description" | "missing")[];
  /**
   * Why columns of different names are taken for one.
   */
  evidence?: string;
  /**
   * What values of the former release are multiplied by, where the unit changed.
   */
  factor?: number | null;
}
/**
 * Rows of two catalogues, paired by an id.
 */
export interface ComparedRows {
  /**
   * Column of the id in the former catalogue.
   */
  key_before: string;
  /**
   * In the later one.
   */
  key_after: string;
  /**
   * Of the former catalogue.
   */
  before: number;
  /**
   * Of the later one.
   */
  after: number;
  /**
   * In both.
   */
  paired: number;
  /**
   * Of those, with any value changed.
   */
  changed: number;
  /**
   * In the later one only.
   */
  added: number;
  /**
   * In the former one only.
   */
  removed: number;
  /**
   * Rows that cannot be paired.
   */
  without_id_before?: number;
  /**
   * Rows that cannot be paired.
   */
  without_id_after?: number;
  /**
   * Ids that several rows bear; such rows are paired in the order of the files.
   */
  repeated_before?: number;
  /**
   * Likewise in the later one.
   */
  repeated_after?: number;
}
/**
 * How the values of a column changed in the rows that both releases have.
 */
export interface ChangedValues {
  /**
   * Of the column in the later release.
   */
  name: string;
  /**
   * In the later release.
   */
  unit?: string | null;
  /**
   * Whether changes have a size.
   */
  is_number?: boolean;
  /**
   * exact; or equal in single precision, where one side has no more; or to 12 digits, where units were converted.
   */
  precision?: "exact" | "float" | "converted";
  /**
   * Another value.
   */
  changed?: number;
  /**
   * A value before, none after.
   */
  lost?: number;
  /**
   * None before, a value after.
   */
  gained?: number;
  /**
   * No value on either side, but written differently (-9999 and NULL).
   */
  rewritten?: number;
  /**
   * Values that differ, but not in single precision; among `changed` where it is exact.
   */
  rounding?: number;
  /**
   * Of the sizes of the changes.
   */
  median?: number | null;
  /**
   * The largest first.
   */
  largest?: LargestChange[];
  /**
   * The most frequent first.
   */
  replacements?: Replacement[];
}
/**
 * A row whose value changed much. Values are written so that nothing is rounded.
 */
export interface LargestChange {
  /**
   * Of the row.
   */
  id: string;
  /**
   * The former value.
   */
  before: string;
  /**
   * The later value.
   */
  after: string;
  /**
   * Later minus former, in the later unit.
   */
  delta: number;
}
/**
 * A value that became another one.
 */
export interface Replacement {
  /**
   * The former value.
   */
  before: string;
  /**
   * The later value.
   */
  after: string;
  /**
   * In how many rows.
   */
  rows: number;
}
/**
 * Something said of a release or counted in a catalogue that is no longer the same.
 */
export interface ChangedFact {
  /**
   * What: published, rows, nights, class, …
   */
  kind: string;
  /**
   * Of which part: a resolution, a class.
   */
  subject?: string;
  /**
   * Whose values these are, where a column's name says what they are.
   */
  column?: string | null;
  /**
   * In the former release.
   */
  before?: boolean | number | string | null;
  /**
   * In the later release.
   */
  after?: boolean | number | string | null;
}
/**
 * A catalogue, as the console lists it: `console` of sql.html is a list of them.
 */
export interface ConsoleSchema {
  /**
   * In SQL.
   */
  name: string;
  /**
   * The view that has its values as they are stored.
   */
  stored: string;
  /**
   * In the language of the page.
   */
  title: string;
  /**
   * In the order of the table.
   */
  columns: ConsoleColumn[];
  /**
   * Statements to begin with.
   */
  examples: string[];
}
/**
 * A column, as the console lists it; members are those of catalogue.json.
 */
export interface ConsoleColumn {
  /**
   * As in the Parquet files.
   */
  name: string;
  /**
   * Of arrays, of their elements.
   */
  datatype:
    "boolean" | "byte" | "short" | "int" | "long" | "float" | "double" | "string" | "timestamp" | "binary";
  /**
   * In VOUnit syntax.
   */
  unit: string | null;
  /**
   * UCD1+.
   */
  ucd: string | null;
  /**
   * As the data have it.
   */
  description: string | null;
  /**
   * Values that mean "nothing".
   */
  missing: (number | string)[];
  /**
   * The description in the language of the page.
   */
  about?: string;
  /**
   * Of a mask.
   */
  bits?: Bit[];
}
/**
 * Which part of the sky has rows.
 */
export interface Cover {
  /**
   * Of the pixels.
   */
  order: number;
  /**
   * Base64 of a bit for each HEALPix pixel (NESTED), the first in the lowest bit of a byte.
   */
  cover: string;
}
/**
 * Everything that differs between two releases.
 */
export interface Differences {
  /**
   * Id of the former release, or a file.
   */
  before: string;
  /**
   * Id of the later release, or a file.
   */
  after: string;
  /**
   * For people.
   */
  before_label: string;
  /**
   * For people.
   */
  after_label: string;
  /**
   * Of the releases.
   */
  facts?: ChangedFact[];
  /**
   * Those of both.
   */
  catalogues?: ComparedCatalogue[];
  /**
   * Catalogues of the former release only.
   */
  only_before?: string[];
  /**
   * Catalogues of the later release only.
   */
  only_after?: string[];
}
/**
 * For whom a site is; a public one has no such file.
 */
export interface EditionMark {
  /**
   * Its readers.
   */
  audience: "public" | "partners" | "team";
}
/**
 * The form of a catalogue on search.html.
 */
export interface FormBlock {
  /**
   * Of the catalogue.
   */
  name: string;
  /**
   * In all partitions.
   */
  rows: number;
  /**
   * null where rows have no place on the sky.
   */
  position: Position | null;
  /**
   * Column of the role `id`.
   */
  id: string | null;
  /**
   * In the order of the table.
   */
  columns: FormColumn[];
}
/**
 * A column, as a form asks for it; members are those of catalogue.json.
 */
export interface FormColumn {
  /**
   * As in the Parquet files.
   */
  name: string;
  /**
   * Of arrays, of their elements.
   */
  datatype:
    "boolean" | "byte" | "short" | "int" | "long" | "float" | "double" | "string" | "timestamp" | "binary";
  /**
   * In VOUnit syntax.
   */
  unit: string | null;
  /**
   * As the data have it.
   */
  description: string | null;
  /**
   * Values that mean "nothing".
   */
  missing: (number | string)[];
  /**
   * As VOTable writes it; null for single values.
   */
  arraysize: string | null;
  /**
   * The description in the language of the page.
   */
  about?: string;
  /**
   * Of a mask.
   */
  bits?: Bit[];
  /**
   * Digits behind the point.
   */
  scale?: number;
  /**
   * Whole numbers of 64 bits without a sign.
   */
  unsigned?: boolean;
  /**
   * Dates as text, 2015-10-27 or longer.
   */
  dates?: boolean;
}
/**
 * Histograms by column, of those that are asked for by range.
 */
export interface ShownHistograms {
  [k: string]: ShownHistogram;
}
/**
 * A known issue, as release.toml describes it, and the rows it concerns.
 */
export interface ListedIssue {
  /**
   * Who sees it.
   */
  audience: "public" | "partners" | "team";
  /**
   * The day from which everyone does.
   */
  public_from?: string | null;
  /**
   * Its anchor on issues.html.
   */
  name: string;
  /**
   * By language.
   */
  title: {
    [k: string]: string;
  };
  /**
   * By language.
   */
  description: {
    [k: string]: string;
  };
  /**
   * open: being looked into; fixed: in a later release; stays: nothing will be done.
   */
  status: "open" | "fixed" | "stays";
  /**
   * The date, or a part of it.
   */
  found?: string | null;
  /**
   * Id of the release that no longer has it.
   */
  fixed_in?: string | null;
  /**
   * Whose rows it concerns; all where absent.
   */
  catalogue?: string | null;
  /**
   * Whose values are affected; none: the whole row.
   */
  columns: string[];
  /**
   * The rows by a condition in SQL.
   */
  where?: string | null;
  /**
   * null where no rows are named.
   */
  rows: number | null;
  /**
   * A CSV file of their ids, in the release's folder.
   */
  ids: string | null;
}
/**
 * A list of lines: `line-lists` of spectrum.html is a list of them.
 */
export interface ShownLines {
  /**
   * In addresses.
   */
  id: string;
  /**
   * In the language of the page.
   */
  title: string;
  /**
   * With the redshift of the object.
   */
  moves: boolean;
  /**
   * Classes of spectra over which it is drawn at first.
   */
  shown_for: string[];
  /**
   * As the file of the portal lists them.
   */
  lines: ShownLine[];
}
/**
 * A spectral line.
 */
export interface ShownLine {
  /**
   * In the language of the page.
   */
  name: string;
  /**
   * At rest, in vacuum.
   */
  wavelength: number;
  /**
   * How much its label matters where there is no room for all.
   */
  weight: number;
  /**
   * The end of a band.
   */
  to?: number;
}
/**
 * Every file of a release or a portal with its checksum.
 */
export interface Manifest {
  /**
   * Name and version of the format.
   */
  format: "drportal-manifest-1";
  /**
   * Id of the release; "" for a portal.
   */
  of: string;
  /**
   * Of the release or portal, for people.
   */
  label: string;
  /**
   * Of the checksums.
   */
  algorithm: "sha256";
  /**
   * Ids of a portal's releases, folders with manifests of their own.
   */
  releases: string[];
  /**
   * In the order of their paths by code points, one a line.
   */
  files: ManifestEntry[];
  /**
   * Files in the list.
   */
  count: number;
  /**
   * Of all of them.
   */
  bytes: number;
}
/**
 * A file. A plain dictionary: a manifest may have ten million of them.
 */
export interface ManifestEntry {
  /**
   * Relative to the manifest's folder, with / between its parts.
   */
  path: string;
  /**
   * Its size.
   */
  bytes: number;
  /**
   * Its checksum, in hexadecimal.
   */
  sha256: string;
}
/**
 * Which disc this is, and which disc has what.
 */
export interface MediumContents {
  /**
   * Name and version of the format.
   */
  format: "drportal-medium-1";
  /**
   * Its id.
   */
  release: string;
  /**
   * Of the release, for people.
   */
  label: string;
  /**
   * usb, dvd, cd or another of release.toml.
   */
  medium: string;
  /**
   * The number of this disc, from 1.
   */
  disc: number;
  /**
   * How many there are.
   */
  discs: number;
  /**
   * Where the whole release is, as far as it is known.
   */
  address: string | null;
  /**
   * Catalogues, then sets of spectra.
   */
  contents: MediumRow[];
}
/**
 * A catalogue or a set of spectra, and which discs have it.
 */
export interface MediumRow {
  /**
   * What it is.
   */
  kind: "catalogue" | "spectra";
  /**
   * Its name.
   */
  name: string;
  /**
   * Rows or spectra in the release.
   */
  count: number;
  /**
   * Rows or spectra on these discs.
   */
  placed: number;
  /**
   * The condition in SQL that chose spectra.
   */
  where: string | null;
  /**
   * Original files that no disc has.
   */
  originals_left_out: number;
  /**
   * Numbers of the discs that have it, whole or in part.
   */
  discs: number[];
  /**
   * Of spectra that are not whole on a disc.
   */
  shares: MediumShare[];
}
/**
 * A run of a set of spectra, in the order of ids, that a disc has.
 */
export interface MediumShare {
  /**
   * Its number.
   */
  disc: number;
  /**
   * How many.
   */
  spectra: number;
  /**
   * The first id.
   */
  first: string;
  /**
   * The last id, inclusive.
   */
  last: string;
}
/**
 * What a mirror was made without. Whoever wrote it may mean harm: publish/choice.py checks its paths.
 */
export interface Mirror {
  /**
   * Name and version of the format.
   */
  format: "drportal-mirror-1";
  /**
   * Ids of the releases that are there; empty: all.
   */
  releases: string[];
  /**
   * Files and folders of each release that are left out.
   */
  without: string[];
}
/**
 * What object.html knows before it reads a catalogue.
 */
export interface ObjectBlock {
  /**
   * By catalogue.
   */
  objects: {
    [k: string]: ObjectFacts;
  };
  /**
   * Columns by which objects are found.
   */
  identifiers: string[];
}
/**
 * A catalogue, as object.html shows its rows.
 */
export interface ObjectFacts {
  roles: FoundRoles;
  /**
   * Columns that matter most.
   */
  typical: string[];
  /**
   * Columns of ids that have an index.
   */
  indexed: string[];
}
/**
 * The columns found for each role; null where no column plays it.
 */
export interface FoundRoles {
  /**
   * Right ascension.
   */
  ra: string | null;
  /**
   * Declination.
   */
  dec: string | null;
  /**
   * What a row is called by in addresses.
   */
  id: string | null;
  /**
   * The name of the object.
   */
  designation: string | null;
  /**
   * Star, galaxy, quasar, …
   */
  class: string | null;
  /**
   * Spectral type, …
   */
  subclass: string | null;
  /**
   * Redshift.
   */
  redshift: string | null;
  /**
   * Signal-to-noise ratios.
   */
  snr: string[];
  /**
   * Night or date of observation.
   */
  night: string | null;
  /**
   * Plate, plan or field.
   */
  plate: string | null;
}
/**
 * What scripts know of the page they are in.
 */
export interface PageBlock {
  /**
   * Code of its language.
   */
  lang: string;
  /**
   * From the page to the folder of its release, or of the portal.
   */
  base: string;
  /**
   * Which page it is.
   */
  kind: string;
  /**
   * null on pages of the portal.
   */
  release: PageRelease | null;
  /**
   * Name of the portal.
   */
  portal: string;
  /**
   * Where the site is published, if that is known.
   */
  address: string | null;
  /**
   * The release, as a list of references has it.
   */
  citation: string | null;
  /**
   * The words to put into a publication; may be empty.
   */
  cite: string;
  /**
   * null where there is nothing to query.
   */
  engine: Engine | null;
  /**
   * Of the release.
   */
  catalogues: PageCatalogue[];
  /**
   * Of the release.
   */
  spectra: PageSpectra[];
  /**
   * Translations of what scripts say, by the English text.
   */
  strings: {
    [k: string]: string;
  };
}
/**
 * The release of a page.
 */
export interface PageRelease {
  /**
   * Its folder in the portal.
   */
  id: string;
  /**
   * For people.
   */
  label: string;
  /**
   * Whether drportal drew its data.
   */
  simulated: boolean;
}
/**
 * The query engine of a page.
 */
export interface Engine {
  /**
   * Version of DuckDB.
   */
  duckdb: string;
  /**
   * As DuckDB names what extensions are built for.
   */
  platform: string;
  wasm: EngineFile;
  worker: EngineFile;
  parquet: EngineFile;
}
/**
 * A part of the query engine, as a file and as a script.
 */
export interface EngineFile {
  /**
   * In assets/.
   */
  file: string;
  /**
   * In assets/.
   */
  script: string;
  /**
   * Of the file.
   */
  size: number;
  /**
   * Of the script.
   */
  script_size: number;
  /**
   * Of what is unpacked from either.
   */
  raw: number;
}
/**
 * A catalogue, as every page of its release knows it.
 */
export interface PageCatalogue {
  /**
   * In addresses and SQL.
   */
  name: string;
  /**
   * The view of free SQL that has its values as they are stored.
   */
  stored: string;
  /**
   * In the language of the page.
   */
  title: string;
  /**
   * In all partitions.
   */
  rows: number;
  /**
   * Of the partitions.
   */
  bytes: number;
  /**
   * Path of catalogue.js.
   */
  script: string;
  /**
   * Path of the script of its known issues; null where it has none.
   */
  issues: string | null;
}
/**
 * A set of spectra, as every page of its release knows it.
 */
export interface PageSpectra {
  /**
   * In addresses.
   */
  name: string;
  /**
   * In the language of the page.
   */
  title: string;
  /**
   * Whose ids they bear.
   */
  catalogue: string | null;
  /**
   * Path of spectra.js.
   */
  script: string;
  /**
   * Of the packs.
   */
  bytes: number;
  /**
   * What the ids are called.
   */
  id: string;
  /**
   * Whole numbers of 64 bits, or texts.
   */
  datatype: "long" | "string";
  /**
   * The set whose spectra these are templates for.
   */
  templates_of: string | null;
}
/**
 * What a permalink says, and the list of targets that no link has room for.
 */
export interface QueryFile {
  /**
   * Version of the format.
   */
  drportal: 1;
  /**
   * Id of the release.
   */
  release: string;
  /**
   * Its name; of SQL all names, for people.
   */
  catalogue: string;
  /**
   * The page that it is a question to.
   */
  kind: "search" | "sql";
  /**
   * Parameters of the page's address.
   */
  query: {
    [k: string]: string;
  };
  /**
   * The statement, for people; null where the list is long.
   */
  sql: string | null;
  /**
   * ISO 8601, UTC; for people.
   */
  created: string;
  /**
   * What to cite; for people.
   */
  cite: string;
  /**
   * Where the search is by a list.
   */
  targets?: QueryTargets | null;
}
/**
 * A list of targets.
 */
export interface QueryTargets {
  /**
   * In the order of the list.
   */
  columns: TargetColumn[];
  roles: TargetRoles;
  /**
   * Cells as text, so that ids keep all their digits.
   */
  rows: string[][];
}
/**
 * A column of a list of targets.
 */
export interface TargetColumn {
  /**
   * As in the list.
   */
  name: string;
  /**
   * "" where none is known.
   */
  unit: string;
  /**
   * "" where none is known.
   */
  ucd: string;
}
/**
 * Which column of the list plays which part, counted from 0; -1 is none.
 */
export interface TargetRoles {
  /**
   * How targets and rows are matched.
   */
  by: "position" | "id";
  /**
   * Right ascension, or galactic longitude.
   */
  ra: number;
  /**
   * Declination; the same as ra where one column has both.
   */
  dec: number;
  /**
   * Radius of each target.
   */
  radius: number;
  /**
   * What is compared with `column`.
   */
  id: number;
  /**
   * Column of the catalogue that `id` is compared with; "" by position.
   */
  column: string;
}
/**
 * What one needs, beside the passphrase, to open an encrypted edition.
 */
export interface SealedHeader {
  /**
   * Name and version of the format.
   */
  format: "drportal-sealed-1";
  kdf: SealedKdf;
  /**
   * 16 bytes in base64, by which a wrong passphrase is not taken for damage.
   */
  check: string;
  /**
   * Of plain text in a piece.
   */
  piece: number;
  /**
   * How many there are, without the index.
   */
  pieces: number;
}
/**
 * How the key follows from the passphrase.
 */
export interface SealedKdf {
  /**
   * RFC 7914.
   */
  name: "scrypt";
  /**
   * Cost, a power of 2.
   */
  n: number;
  /**
   * Block size.
   */
  r: number;
  /**
   * Parallel runs.
   */
  p: number;
  /**
   * 16 bytes in base64.
   */
  salt: string;
}
/**
 * The same of a catalogue: `plot-sky` has one for each, by name.
 */
export interface SkyCover {
  /**
   * Of the pixels.
   */
  order: number;
  /**
   * Base64 of a bit for each HEALPix pixel (NESTED), the first in the lowest bit of a byte.
   */
  cover: string;
  position: Position;
}
/**
 * A set of packed spectra.
 */
export interface Spectra {
  /**
   * In addresses and names of folders.
   */
  name: string;
  /**
   * By language.
   */
  title: {
    [k: string]: string;
  };
  /**
   * By language.
   */
  description: {
    [k: string]: string;
  };
  /**
   * The catalogue whose rows these are spectra of.
   */
  catalogue: string | null;
  /**
   * Drawn by drportal, not observed.
   */
  simulated: boolean;
  id: SpectraId;
  /**
   * How many.
   */
  spectra: number;
  /**
   * Arms and exposures of all.
   */
  parts: number;
  /**
   * Of all parts.
   */
  pixels: number;
  /**
   * Parquet files packs/NNN/NNNNNN.parquet, numbered from 0.
   */
  packs: number;
  /**
   * Of the packs.
   */
  bytes: number;
  /**
   * In VOUnit syntax.
   */
  wavelength_unit: string;
  /**
   * In VOUnit syntax; "" where it is not known or differs.
   */
  flux_unit: string;
  /**
   * Of the source files, by name.
   */
  layouts: {
    [k: string]: SpectrumLayout;
  };
  /**
   * Of the packs, in the order of their pages.
   */
  columns: PackColumn[];
  /**
   * null where no spectra share wavelengths.
   */
  grids: SpectraGrids | null;
  /**
   * In the order of ids.
   */
  index: SpectraIndexFile[];
  /**
   * In the order of their numbers.
   */
  twins: SpectraTwin[];
  /**
   * Whether original files are beside the packs.
   */
  originals: boolean;
  shipped: Shipped;
  /**
   * Of the script twins of the packs.
   */
  scripts: number;
  left_out: SpectraLeftOut;
  /**
   * Where it is a part of a larger set.
   */
  part_of?: PartOf | null;
}
/**
 * The id of spectra.
 */
export interface SpectraId {
  /**
   * Its column in packs, and its parameter in addresses.
   */
  name: string;
  /**
   * Whole numbers of 64 bits, or texts.
   */
  datatype: "long" | "string";
}
/**
 * A layout of source files.
 */
export interface SpectrumLayout {
  /**
   * By column, the bits of a mask.
   */
  masks: {
    [k: string]: MaskBit[];
  };
}
/**
 * What a bit of a mask means.
 */
export interface MaskBit {
  /**
   * Counted from 0, the lowest.
   */
  bit: number;
  /**
   * As the pipeline calls it. Beside it, the meaning by language code.
   */
  name: string;
  [k: string]: string | number;
}
/**
 * A column of the packs. Each is one page of a row group, in this order.
 */
export interface PackColumn {
  /**
   * As in the Parquet files.
   */
  name: string;
  /**
   * Physical type of Parquet; of arrays, of their elements.
   */
  type: "INT32" | "INT64" | "FLOAT" | "DOUBLE" | "BYTE_ARRAY";
  /**
   * A list in each row.
   */
  array: boolean;
  /**
   * Rows may lack it.
   */
  optional: boolean;
  /**
   * Of its values.
   */
  encoding: "PLAIN" | "DELTA_BINARY_PACKED" | "BYTE_STREAM_SPLIT";
  /**
   * Of its page.
   */
  codec: "UNCOMPRESSED" | "ZSTD";
}
/**
 * The file of grids.
 */
export interface SpectraGrids {
  /**
   * In the set's folder.
   */
  path: string;
  /**
   * Of the whole file.
   */
  size: number;
  /**
   * Where the footer begins.
   */
  footer: number;
  /**
   * Of the wavelengths.
   */
  type: "FLOAT" | "DOUBLE";
  /**
   * In the order of their numbers.
   */
  grids: SpectraGrid[];
}
/**
 * Wavelengths that many spectra share: a row group of grids.parquet.
 */
export interface SpectraGrid {
  /**
   * First byte in the file.
   */
  offset: number;
  /**
   * Length.
   */
  bytes: number;
  /**
   * Wavelengths of the grid.
   */
  pixels: number;
}
/**
 * A Parquet file of ids in ascending order, each with the place of its spectrum.
 */
export interface SpectraIndexFile {
  /**
   * In the set's folder.
   */
  path: string;
  /**
   * Of the whole file.
   */
  size: number;
  /**
   * Where the footer begins.
   */
  footer: number;
  /**
   * Spectra in it.
   */
  rows: number;
  /**
   * The first id, as text.
   */
  first: string;
  /**
   * The last id, inclusive.
   */
  last: string;
}
/**
 * Bytes of grids or index that chunks/index/NNNNNN.js carries, by its place in the list.
 */
export interface SpectraTwin {
  /**
   * The file, in the set's folder.
   */
  path: string;
  /**
   * First byte.
   */
  offset: number;
  /**
   * Length.
   */
  bytes: number;
}
/**
 * Original files beside the packs.
 */
export interface Shipped {
  /**
   * How many.
   */
  files: number;
  /**
   * Of all.
   */
  bytes: number;
}
/**
 * Source files that are not in the set.
 */
export interface SpectraLeftOut {
  /**
   * How many.
   */
  count: number;
  /**
   * The first 1,000; none where something is withheld.
   */
  files: LeftOutFile[];
}
/**
 * The larger set that a medium has a part of.
 */
export interface PartOf {
  /**
   * Of the larger set.
   */
  spectra: number;
  /**
   * The condition in SQL that chose them; null where room did.
   */
  where: string | null;
}
/**
 * A catalogue, measured.
 */
export interface Statistics {
  /**
   * Of the catalogue.
   */
  name: string;
  /**
   * Of the catalogue.
   */
  rows: number;
  /**
   * Of its partitions.
   */
  bytes: number;
  /**
   * Rows of the source without a valid position, which are not in it.
   */
  left_out: number;
  /**
   * In the order of catalogue.json.
   */
  columns: ColumnStatistics[];
  /**
   * Rows of each class, the most frequent first.
   */
  classes: Counted[];
  /**
   * The 20 most frequent.
   */
  subclasses: Counted[];
  /**
   * Of each signal-to-noise ratio.
   */
  snr: SnrColumn[];
  /**
   * Different nights; null without a column of nights.
   */
  nights: number | null;
  /**
   * As in the column: a modified Julian day, or a date.
   */
  first_night: boolean | number | string | null;
  /**
   * Likewise.
   */
  last_night: boolean | number | string | null;
  /**
   * Rows of each night, in order; of the 20,000 fullest.
   */
  per_night: Counted[];
  /**
   * Different plates; null without a column of plates.
   */
  plates: number | null;
  /**
   * Rows of the 20 fullest plates.
   */
  per_plate: Counted[];
  /**
   * Where rows have places and such ratios.
   */
  sky_by_snr?: SkyBySnr | null;
  /**
   * Where nights are dates.
   */
  sky_by_year?: SkyByYear | null;
  roles: FoundRoles;
  /**
   * Empty for simulated rows, and where rows are withheld.
   */
  sources: SourceFile[];
  /**
   * null where rows have no places.
   */
  sky: SkyMap | null;
}
/**
 * A column, measured. Values that mean "nothing", NULL and NaN count as missing.
 */
export interface ColumnStatistics {
  /**
   * As in catalogue.json.
   */
  name: string;
  /**
   * As in catalogue.json.
   */
  datatype:
    "boolean" | "byte" | "short" | "int" | "long" | "float" | "double" | "string" | "timestamp" | "binary";
  /**
   * As in catalogue.json.
   */
  unit: string | null;
  /**
   * As in catalogue.json.
   */
  ucd: string | null;
  /**
   * As in catalogue.json.
   */
  description: string | null;
  /**
   * As in catalogue.json.
   */
  missing: (number | string)[];
  /**
   * Of the catalogue.
   */
  rows: number;
  /**
   * Without a value.
   */
  nulls: number;
  /**
   * The lowest finite value, in the column's unit; null for arrays.
   */
  min: boolean | number | string | null;
  /**
   * The highest finite value.
   */
  max: boolean | number | string | null;
  /**
   * Of the finite values; of numbers only.
   */
  mean?: number | string | null;
  /**
   * Rows with -Infinity and with Infinity, where there are any.
   */
  infinite?: Counted[];
  /**
   * Different values; null for arrays.
   */
  distinct: number | null;
  /**
   * All values, the most frequent first, where there are at most 50.
   */
  values?: Counted[];
  /**
   * The 8 most frequent texts, where there are more.
   */
  common?: Counted[];
  /**
   * Of numbers.
   */
  histogram?: Histogram | null;
  /**
   * Rows with each value that means "nothing".
   */
  marked?: Counted[];
  /**
   * Of masks whose bits release.toml explains.
   */
  bits?: BitCount[];
  /**
   * Up to 3 values, from rows here and there.
   */
  examples: (boolean | number | string | null)[];
  /**
   * Values that look like "nothing" and are not declared so.
   */
  suspects?: Suspect[];
}
/**
 * Counts of the finite values.
 */
export interface Histogram {
  /**
   * Of the bins, in the column's unit; one more than there are bins.
   */
  edges: number[];
  /**
   * Rows of each bin. The first and last bin reach to the extremes.
   */
  counts: number[];
}
/**
 * A column of signal-to-noise ratios.
 */
export interface SnrColumn {
  /**
   * Its name.
   */
  column: string;
  /**
   * 0, 5, 10, 20, 50 and 100.
   */
  thresholds: SnrThreshold[];
}
/**
 * Where the better rows are.
 */
export interface SkyBySnr {
  /**
   * Of the pixels, nested.
   */
  order: number;
  /**
   * Of the signal-to-noise ratio.
   */
  column: string;
  /**
   * One a threshold.
   */
  maps: SnrSky[];
}
/**
 * Rows by place, of a signal-to-noise ratio.
 */
export interface SnrSky {
  /**
   * The lowest ratio.
   */
  from: number;
  /**
   * Rows by pixel.
   */
  counts: {
    [k: string]: number;
  };
}
/**
 * Where rows were observed when.
 */
export interface SkyByYear {
  /**
   * Of the pixels, nested.
   */
  order: number;
  /**
   * Of the night.
   */
  column: string;
  /**
   * One a year.
   */
  maps: YearSky[];
}
/**
 * Rows by place, of a year.
 */
export interface YearSky {
  /**
   * Of the evening when the night began.
   */
  year: number;
  /**
   * Rows by pixel.
   */
  counts: {
    [k: string]: number;
  };
}
/**
 * A file that the catalogue was made from.
 */
export interface SourceFile {
  /**
   * Its name.
   */
  file: string;
  /**
   * Its size.
   */
  bytes: number;
  /**
   * Its checksum.
   */
  sha256: string;
}
/**
 * Rows by place.
 */
export interface SkyMap {
  /**
   * Of the pixels, nested.
   */
  order: number;
  /**
   * Rows by pixel; pixels without rows are left out.
   */
  counts: {
    [k: string]: number;
  };
}
