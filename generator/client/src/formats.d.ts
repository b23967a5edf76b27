/* Made from generator/formats/schema by types.mjs; change the models in generator/formats instead. */

/**
 * What is known of a column's values, without those that mean missing.
 */
export type Known = [
  type: string,
  values: number,
  min: boolean | number | string | null,
  max: boolean | number | string | null,
];
/**
 * A row group, compact on the sky: 0.4 to 4 MB, more for more columns.
 */
export type Tile = [
  offset: number,
  bytes: number,
  rows: number,
  first_pixel: number | null,
  last_pixel: number | null,
];
/**
 * A script twin: the bytes contained in chunks/NNNN.js, numbered by its place in the list.
 */
export type Chunk = [file: number, offset: number, bytes: number];
/**
 * A bit of a mask.
 */
export type Bit = [bit: number, name: string, about: string];
/**
 * A plate or field.
 */
export type ShownField = [name: number | string, ra: number, dec: number];
/**
 * The histogram of a column, next to the form.
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
 * A value and the number of rows that have it.
 */
export type Counted = [value: boolean | number | string | null, rows: number];
/**
 * A bit of a mask and the number of rows in which it is set.
 */
export type BitCount = [bit: number, rows: number];
/**
 * A value that looks like a missing value, and the number of rows that have it.
 */
export type Suspect = [value: number | string, rows: number];
/**
 * A signal-to-noise ratio and the number of rows that reach it.
 */
export type SnrThreshold = [snr: number, rows: number];
/**
 * A plate and the mean position of its rows.
 */
export type Centre = [value: boolean | number | string | null, ra: number, dec: number];

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
  crossmatches: Crossmatches;
  differences: Differences;
  edition: EditionMark;
  fields: ShownFields;
  form: FormBlock;
  histograms: ShownHistograms;
  issues: ListedIssues;
  lines: ShownLines;
  manifest: Manifest;
  medium: MediumContents;
  mirror: Mirror;
  names: NamesBlock;
  "notebook-facts": NotebookBlock;
  object: ObjectBlock;
  page: PageBlock;
  "python-assets": PythonAssets;
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
   * The id column.
   */
  id: string | null;
  /**
   * In the order of release.toml.
   */
  issues: RowIssue[];
}
/**
 * A known issue, as used by pages to mark rows.
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
   * Columns with affected values; empty: the whole row.
   */
  columns: string[];
  /**
   * Number of rows; null if no rows are specified: all are meant.
   */
  rows: number | null;
  /**
   * In ascending order; whole numbers as differences from the previous one, separated by spaces. null if there are too many or none are specified.
   */
  ids: string | string[] | null;
  /**
   * SQL condition of the rows, if there are too many to list.
   */
  where?: string | null;
}
/**
 * A catalogue: its columns, and the files that contain its rows.
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
   * null if rows have no sky position.
   */
  position: Position | null;
  /**
   * Column with the role `id`.
   */
  id: string | null;
  /**
   * In the order of the source, without `_healpix_29`.
   */
  columns: CatalogueColumn[];
  /**
   * Those to show first: chosen by the release or its schema, or the most important ones.
   */
  default_columns?: string[];
  /**
   * In the order of the rows.
   */
  partitions: Partition[];
  /**
   * Length of each partition's footer in footers.bin, where each is compressed (zlib).
   */
  footers?: number[];
  /**
   * Indexes of id columns.
   */
  ids: IdIndex[];
  /**
   * Objects observed more than once, if there are any and ids say so.
   */
  repeated?: Repeated | null;
  /**
   * Script twins in the order of their numbers.
   */
  chunks: Chunk[];
  /**
   * Of the partitions.
   */
  bytes: number;
  /**
   * Digest of rows and statistics, independent of descriptions.
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
   * The narrowest Felis datatype; for arrays, of their elements.
   */
  datatype:
    "boolean" | "byte" | "short" | "int" | "long" | "float" | "double" | "string" | "timestamp" | "binary";
  /**
   * In VOUnit syntax, if the source or the schema has one.
   */
  unit: string | null;
  /**
   * UCD1+, if known.
   */
  ucd: string | null;
  /**
   * From the schema, else from the source.
   */
  description: string | null;
  /**
   * Missing values, as declared in release.toml.
   */
  missing: (number | string)[];
  /**
   * Those of `missing` that occur in the column; for arrays, all.
   */
  marked: (number | string)[];
  /**
   * As in VOTable; null for single values.
   */
  arraysize: string | null;
  /**
   * Unsigned 64-bit integers.
   */
  unsigned?: boolean;
  /**
   * Digits after the decimal point: of decimals, and 9 for times in nanoseconds.
   */
  scale?: number;
  /**
   * From the statistics, for questions that need no rows; null for arrays.
   */
  known?: Known | null;
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
   * Where the footer begins: the end of the rows.
   */
  footer: number;
  /**
   * Whether the file has one column after the other, each with all tiles; otherwise it has one tile after the other.
   */
  by_columns?: boolean;
  /**
   * Row groups in the order of the file.
   */
  tiles: Tile[];
}
/**
 * An index of a column of ids, to look up rows without reading all of them.
 */
export interface IdIndex {
  /**
   * The id column.
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
 * A Parquet file of ids in ascending order, each with the number of its tile.
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
 * A Parquet file of the ids of rows whose object was observed more than once, in ascending order.
 */
export interface Repeated {
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
   * Ids in it.
   */
  rows: number;
  /**
   * Columns that identify objects: one of them has the same value with another id.
   */
  objects: string[];
}
/**
 * Settings of the table of changed rows, an additional catalogue, as in release.toml.
 */
export interface ChangedTable {
  /**
   * Missing values, by column.
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
   * Columns only in the later catalogue.
   */
  added?: ComparedColumn[];
  /**
   * Columns only in the former catalogue.
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
   * For the columns with differences.
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
 * A column as described by one release.
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
   * From the schema, else from the source.
   */
  description?: string | null;
  /**
   * Missing values.
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
   * Properties that changed.
   */
  changes?: ("renamed" | "retyped" | "unit" | "ucd" | "description" | "missing")[];
  /**
   * Why columns with different names are paired.
   */
  evidence?: string;
  /**
   * Factor applied to values of the former release, if the unit changed.
   */
  factor?: number | null;
}
/**
 * Rows of two catalogues, paired by an id.
 */
export interface ComparedRows {
  /**
   * Id column of the former catalogue.
   */
  key_before: string;
  /**
   * Id column of the later catalogue.
   */
  key_after: string;
  /**
   * In the former catalogue.
   */
  before: number;
  /**
   * In the later catalogue.
   */
  after: number;
  /**
   * In both.
   */
  paired: number;
  /**
   * Paired rows with any changed value.
   */
  changed: number;
  /**
   * Only in the later catalogue.
   */
  added: number;
  /**
   * Only in the former catalogue.
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
   * Ids that occur in several rows; these rows are paired in file order.
   */
  repeated_before?: number;
  /**
   * Likewise in the later catalogue.
   */
  repeated_after?: number;
}
/**
 * Changes of a column's values in the rows of both releases.
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
   * Whether changes have a numeric size.
   */
  is_number?: boolean;
  /**
   * exact; or in single precision, if one side has no more; or to 12 digits, if units were converted.
   */
  precision?: "exact" | "float" | "converted";
  /**
   * Rows with a different value.
   */
  changed?: number;
  /**
   * Rows with a value before and none after.
   */
  lost?: number;
  /**
   * Rows without a value before and with one after.
   */
  gained?: number;
  /**
   * Missing on both sides, but written differently (-9999 and NULL).
   */
  rewritten?: number;
  /**
   * Values that differ, but not in single precision; included in `changed` if it is exact.
   */
  rounding?: number;
  /**
   * Of the absolute changes.
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
 * A row with one of the largest changes. Values are written without rounding.
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
 * A value that was replaced by another.
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
   * Number of rows.
   */
  rows: number;
}
/**
 * A changed property of a release or count of a catalogue.
 */
export interface ChangedFact {
  /**
   * Kind: published, rows, nights, class, …
   */
  kind: string;
  /**
   * The part concerned: a resolution, a class.
   */
  subject?: string;
  /**
   * The column of these values, if its name is needed to interpret them.
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
 * A catalogue in the console: `console` of sql.html is a list of them.
 */
export interface ConsoleSchema {
  /**
   * In SQL.
   */
  name: string;
  /**
   * The view with values as they are stored.
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
   * Its columns with positions.
   */
  position?: Position | null;
  /**
   * Example statements.
   */
  examples: string[];
  /**
   * Lists of ids that statements can name.
   */
  filters?: FormFilter[];
}
/**
 * A column in the console; members are those of catalogue.json.
 */
export interface ConsoleColumn {
  /**
   * As in the Parquet files.
   */
  name: string;
  /**
   * For arrays, of their elements.
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
   * As in the data.
   */
  description: string | null;
  /**
   * Missing values.
   */
  missing: (number | string)[];
  /**
   * The description in the language of the page.
   */
  about?: string;
  /**
   * For a mask.
   */
  bits?: Bit[];
  /**
   * Of its numbers, as far as some of them show.
   */
  decimals?: number | null;
}
/**
 * A condition that no column has: a list of ids that it is computed from.
 */
export interface FormFilter {
  /**
   * In addresses; no column has this name.
   */
  name: string;
  /**
   * Whether a row has a spectrum here, another observation of its object, a known issue.
   */
  kind: "spectrum" | "repeated" | "issue";
  /**
   * The column of ids; null if the release has conditions alone.
   */
  id: string | null;
  /**
   * The list in SQL, with the column `id`; no catalogue has this name.
   */
  table: string;
  /**
   * In the language of the page.
   */
  title: string;
}
/**
 * The part of the sky that has rows.
 */
export interface Cover {
  /**
   * Of the pixels.
   */
  order: number;
  /**
   * Base64 of one bit per HEALPix pixel (NESTED), the first in the lowest bit of a byte.
   */
  cover: string;
}
/**
 * The matches of a catalogue.
 */
export interface Crossmatches {
  /**
   * Name of the catalogue of the release.
   */
  catalogue: string;
  /**
   * How many rows it has.
   */
  rows: number;
  /**
   * In the order of release.toml.
   */
  matches: Crossmatched[];
}
/**
 * A match of the catalogue's rows with another catalogue.
 */
export interface Crossmatched {
  /**
   * In release.toml; names of columns begin with it.
   */
  name: string;
  other: OtherCatalogue;
  columns: MatchedColumns;
  /**
   * Greatest separation of a pair.
   */
  radius: number;
  /**
   * Why the card proposes its radius, if that is used.
   */
  radius_reason: {
    [k: string]: string;
  };
  /**
   * Whether objects within the radius are counted.
   */
  match: "nearest" | "all";
  /**
   * Of the own positions, where the other's are moved to it.
   */
  to_epoch: number | null;
  /**
   * Rows with an object within the radius.
   */
  matched: number;
  /**
   * Rows with more than one.
   */
  ambiguous: number;
  /**
   * Pairs of a row and an object within the radius.
   */
  pairs: number;
  /**
   * Objects that are the nearest of at least one row.
   */
  objects: number;
  /**
   * Objects that are the nearest of more than one row.
   */
  repeated: number;
  /**
   * Rows whose nearest object is that of another row too.
   */
  sharing: number;
  /**
   * Median separation; null without matched rows.
   */
  median: number | null;
  /**
   * Of bins of the separation in arcsec; one more than bins.
   */
  edges: number[];
  /**
   * Matched rows per bin.
   */
  counts: number[];
  /**
   * Rows per bin whose nearest object would be there if the catalogues had nothing in common: by the objects in the same HEALPix pixel of order 6, as a Poisson process.
   */
  chance: number[];
}
/**
 * The other catalogue, by its card and release.toml.
 */
export interface OtherCatalogue {
  /**
   * By language.
   */
  title: {
    [k: string]: string;
  };
  /**
   * Name of its card.
   */
  card: string | null;
  /**
   * By language; empty without a card.
   */
  about: {
    [k: string]: string;
  };
  /**
   * Whether its objects are simulated by drportal.
   */
  simulated: boolean;
  /**
   * The files that were matched; none if it is simulated.
   */
  sources: MatchedFile[];
  /**
   * Of these files.
   */
  rows: number;
  /**
   * Those with a position.
   */
  positions: number;
  /**
   * Those that were moved by their proper motions to the own epoch.
   */
  moved: number;
  /**
   * Rows of the published catalogue, by its card.
   */
  published_rows: number | null;
  /**
   * Of its positions.
   */
  frame: "icrs" | "fk5" | "fk4" | "galactic";
  /**
   * Of its positions, if it is one for all.
   */
  epoch: number | null;
  /**
   * Column with the epoch of each position.
   */
  epoch_column: string | null;
  /**
   * The table in VizieR.
   */
  vizier: string | null;
  /**
   * Empty without a card.
   */
  citations: MatchCitation[];
  /**
   * The terms of use; null if the survey states none.
   */
  licence: string | null;
  /**
   * Where it can be had: what is there, and its address.
   */
  get: {
    [k: string]: string;
  };
  /**
   * Published descriptions that the facts were compared with.
   */
  checked: string[];
  /**
   * Facts that could not be compared with one, and why.
   */
  unchecked: {
    [k: string]: string;
  };
}
/**
 * A file of the other catalogue, or several.
 */
export interface MatchedFile {
  /**
   * Its name; of a HATS catalogue or an address, the last part.
   */
  file: string;
  /**
   * Its size; null if it is an address or several files.
   */
  bytes: number | null;
  /**
   * Its checksum; null likewise.
   */
  sha256: string | null;
}
/**
 * What users of the other catalogue are asked to cite.
 */
export interface MatchCitation {
  /**
   * Authors and year, journal, volume and page.
   */
  text: string;
  /**
   * In the Astrophysics Data System.
   */
  bibcode: string | null;
  /**
   * Digital object identifier.
   */
  doi: string | null;
  /**
   * Address of the wording that the survey asks for.
   */
  acknowledgement: string | null;
}
/**
 * The columns that a match has added.
 */
export interface MatchedColumns {
  /**
   * All of them, in the order of the catalogue.
   */
  names: string[];
  /**
   * Separation from the nearest object in arcsec.
   */
  separation: string;
  /**
   * Number of objects within the radius.
   */
  matches: string | null;
  /**
   * ICRS or FK5 position of the nearest object in degrees, at its own epoch, if carried.
   */
  position: [undefined: string, undefined: string] | null;
  /**
   * Its proper motion in right ascension times cos(dec), and in declination, if carried.
   */
  motion: [undefined: string, undefined: string] | null;
}
/**
 * All differences between two releases.
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
   * For display.
   */
  before_label: string;
  /**
   * For display.
   */
  after_label: string;
  /**
   * Of the releases.
   */
  facts?: ChangedFact[];
  /**
   * Catalogues of both releases.
   */
  catalogues?: ComparedCatalogue[];
  /**
   * Catalogues only in the former release.
   */
  only_before?: string[];
  /**
   * Catalogues only in the later release.
   */
  only_after?: string[];
}
/**
 * The audience of a site; a public site has no such file.
 */
export interface EditionMark {
  /**
   * Its readers.
   */
  audience: "public" | "partners" | "team";
}
/**
 * The plates or fields of a catalogue.
 */
export interface ShownFields {
  /**
   * That has their names.
   */
  column: string;
  /**
   * Each once.
   */
  places: ShownField[];
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
   * null if rows have no sky position.
   */
  position: Position | null;
  /**
   * Column with the role `id`.
   */
  id: string | null;
  /**
   * In the order of the table.
   */
  columns: FormColumn[];
  /**
   * Conditions that no column has.
   */
  filters?: FormFilter[];
  /**
   * Plots to open with, as `plot` in permalinks; empty: chosen by the columns.
   */
  plots?: string[];
}
/**
 * A column in a search form; members are those of catalogue.json.
 */
export interface FormColumn {
  /**
   * As in the Parquet files.
   */
  name: string;
  /**
   * For arrays, of their elements.
   */
  datatype:
    "boolean" | "byte" | "short" | "int" | "long" | "float" | "double" | "string" | "timestamp" | "binary";
  /**
   * In VOUnit syntax.
   */
  unit: string | null;
  /**
   * As in the data.
   */
  description: string | null;
  /**
   * Missing values.
   */
  missing: (number | string)[];
  /**
   * As in VOTable; null for single values.
   */
  arraysize: string | null;
  /**
   * The description in the language of the page.
   */
  about?: string;
  /**
   * For a mask.
   */
  bits?: Bit[];
  /**
   * Digits after the decimal point.
   */
  scale?: number;
  /**
   * Unsigned 64-bit integers.
   */
  unsigned?: boolean;
  /**
   * Dates as text, 2015-10-27 or longer.
   */
  dates?: boolean;
}
/**
 * Histograms by column, for columns that are searched by range.
 */
export interface ShownHistograms {
  [k: string]: ShownHistogram;
}
/**
 * A known issue as described in release.toml, and the rows concerned.
 */
export interface ListedIssue {
  /**
   * Who may see it.
   */
  audience: "public" | "partners" | "team";
  /**
   * The day from which everyone may see it.
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
   * open: under investigation; fixed: in a later release; stays: will not be fixed.
   */
  status: "open" | "fixed" | "stays";
  /**
   * The date, or a part of it.
   */
  found?: string | null;
  /**
   * Id of the release in which it is fixed.
   */
  fixed_in?: string | null;
  /**
   * The catalogue concerned; all if absent.
   */
  catalogue?: string | null;
  /**
   * Columns with affected values; empty: the whole row.
   */
  columns: string[];
  /**
   * SQL condition for the rows concerned.
   */
  where?: string | null;
  /**
   * Number of rows; null if no rows are specified.
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
   * Whether lines are shifted by the redshift of the object.
   */
  moves: boolean;
  /**
   * Classes of spectra on which it is initially shown.
   */
  shown_for: string[];
  /**
   * In the order of the portal's file.
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
   * Priority of its label if there is no room for all.
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
   * Of the release or portal, for display.
   */
  label: string;
  /**
   * Of the checksums.
   */
  algorithm: "sha256";
  /**
   * Ids of a portal's releases: folders with their own manifests.
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
 * The number of a disc, and the content of all discs.
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
   * Of the release, for display.
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
   * Address of the complete release, if known.
   */
  address: string | null;
  /**
   * Catalogues, then sets of spectra.
   */
  contents: MediumRow[];
}
/**
 * A catalogue or a set of spectra, and the discs that contain it; or Python, if it was left out.
 */
export interface MediumRow {
  /**
   * What it is.
   */
  kind: "catalogue" | "spectra" | "python";
  /**
   * Its name.
   */
  name: string;
  /**
   * Rows or spectra in the release; 1 for Python.
   */
  count: number;
  /**
   * Rows or spectra on these discs.
   */
  placed: number;
  /**
   * The SQL condition that selected spectra.
   */
  where: string | null;
  /**
   * Original files that are on no disc.
   */
  originals_left_out: number;
  /**
   * Numbers of the discs that contain all or part of it.
   */
  discs: number[];
  /**
   * For spectra that are split over discs.
   */
  shares: MediumShare[];
}
/**
 * A contiguous part of a set of spectra, in the order of ids, on a disc.
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
 * The files left out of a mirror. It may be forged: publish/choice.py checks its paths.
 */
export interface Mirror {
  /**
   * Name and version of the format.
   */
  format: "drportal-mirror-1";
  /**
   * Ids of the releases that are included; empty: all.
   */
  releases: string[];
  /**
   * Files and folders of each release that are left out.
   */
  without: string[];
}
/**
 * Names of objects that boxes of positions take.
 */
export interface NamesBlock {
  /**
   * Script with the list of names, in assets/.
   */
  objects: string;
  /**
   * Catalogues with a script of the names of their plates or fields.
   */
  fields: string[];
  /**
   * Address of Sesame, if the team allows to ask it for other names.
   */
  resolver: string | null;
}
/**
 * What python.html knows besides the parts of Python: `notebook-facts`.
 */
export interface NotebookBlock {
  release: NotebookRelease;
  /**
   * By catalogue.
   */
  typical: {
    [k: string]: TableFacts;
  };
  /**
   * In the order of the page.
   */
  examples: NotebookExample[];
  /**
   * The code of a new notebook where there are no examples.
   */
  first: string;
}
/**
 * The release, as `drportal.release()` gives it in Python.
 */
export interface NotebookRelease {
  /**
   * Of the release.
   */
  name: string;
  /**
   * Of the release.
   */
  version: string;
  /**
   * In the language of the page.
   */
  title: string;
  /**
   * Of the release.
   */
  doi: string | null;
  /**
   * Of the published site, if known.
   */
  address: string | null;
  /**
   * An entry in a list of references.
   */
  citation: string;
  /**
   * Entries for BibTeX.
   */
  bibtex: string;
  /**
   * For a publication; may be empty.
   */
  acknowledgement: string;
}
/**
 * What `drportal.table` knows of a catalogue beyond its description.
 */
export interface TableFacts {
  /**
   * The most important columns.
   */
  typical: string[];
  /**
   * Columns with dates as text.
   */
  dates: string[];
}
/**
 * A notebook of the release: made from its data, or of its team.
 */
export interface NotebookExample {
  /**
   * In addresses.
   */
  name: string;
  /**
   * In the language of the page.
   */
  title: string;
  /**
   * Path of the same notebook as a file, from the folder of the release.
   */
  file: string;
  /**
   * Whether it is of the team.
   */
  own: boolean;
  /**
   * In nbformat 4.5, without outputs.
   */
  notebook: {
    [k: string]: unknown;
  };
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
   * The most important columns.
   */
  typical: string[];
  /**
   * Id columns that have an index.
   */
  indexed: string[];
  /**
   * Proper motions in mas/yr: in right ascension times cos(dec), and in declination.
   */
  motion: [undefined: string, undefined: string] | null;
  /**
   * The first column with a magnitude.
   */
  magnitude: string | null;
  /**
   * In the order of release.toml.
   */
  matches: ObjectMatch[];
}
/**
 * The columns found for each role; null if no column has it.
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
   * Identifies a row in addresses.
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
 * A catalogue that the rows are matched with.
 */
export interface ObjectMatch {
  /**
   * Its anchor on matched.html.
   */
  name: string;
  /**
   * In the language of the page.
   */
  title: string;
  columns: MatchedColumns;
  /**
   * The first carried column with a magnitude.
   */
  magnitude: string | null;
}
/**
 * What scripts need to know about their page.
 */
export interface PageBlock {
  /**
   * Code of its language.
   */
  lang: string;
  /**
   * Path from the page to the folder of its release, or of the portal.
   */
  base: string;
  /**
   * Kind of page.
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
   * Address of the published site, if known.
   */
  address: string | null;
  /**
   * The release, as an entry in a list of references.
   */
  citation: string | null;
  /**
   * The acknowledgement for a publication; may be empty.
   */
  cite: string;
  /**
   * null if there is nothing to query.
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
   * Translations of messages of scripts, by the English text.
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
   * For display.
   */
  label: string;
  /**
   * Whether its data are simulated by drportal.
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
   * DuckDB's name of the platform that extensions are built for.
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
   * Decompressed size.
   */
  raw: number;
}
/**
 * A catalogue, as every page of its release describes it.
 */
export interface PageCatalogue {
  /**
   * In addresses and SQL.
   */
  name: string;
  /**
   * The SQL view with values as they are stored.
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
 * A set of spectra, as every page of its release describes it.
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
   * The catalogue whose ids they have.
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
   * Name of the ids.
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
 * Python in the pages of a release: `python-assets` of python.html.
 */
export interface PythonAssets {
  /**
   * Version of Pyodide.
   */
  pyodide: string;
  /**
   * Version of Python.
   */
  python: string;
  worker: PythonPart;
  wasm: PythonPart;
  stdlib: PythonPart;
  snapshot: PythonPart;
  lock: PythonPart;
  bridge: PythonPart;
  fonts: PythonPart;
  /**
   * By name.
   */
  packages: {
    [k: string]: PythonPackage;
  };
}
/**
 * A part of Python in the page. Scripts know it as `python/` and its member here.
 */
export interface PythonPart {
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
   * Decompressed size.
   */
  raw: number;
  /**
   * SHA-256 of the decompressed bytes.
   */
  sha256: string;
}
/**
 * A package of Pyodide. Scripts know it as `python/packages/` and its name.
 */
export interface PythonPackage {
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
   * Decompressed size.
   */
  raw: number;
  /**
   * SHA-256 of the decompressed bytes.
   */
  sha256: string;
  /**
   * Of the package.
   */
  version: string;
  /**
   * Its name in Pyodide's lock file.
   */
  file_name: string;
  /**
   * Names of packages that it needs; all of them are here too.
   */
  depends: string[];
}
/**
 * The content of a permalink, and the list of targets, which is too long for a link.
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
   * Its name; for SQL all names, for display.
   */
  catalogue: string;
  /**
   * The page that runs it.
   */
  kind: "search" | "sql";
  /**
   * Parameters of the page's address.
   */
  query: {
    [k: string]: string;
  };
  /**
   * The statement, for display; null if the list is long.
   */
  sql: string | null;
  /**
   * ISO 8601, UTC; for display.
   */
  created: string;
  /**
   * What to cite; for display.
   */
  cite: string;
  /**
   * Present in searches by a list.
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
   * "" if unknown.
   */
  unit: string;
  /**
   * "" if unknown.
   */
  ucd: string;
}
/**
 * The role of the list's columns, numbered from 0; -1 is none.
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
   * Declination; equal to ra if one column contains both.
   */
  dec: number;
  /**
   * Radius of each target.
   */
  radius: number;
  /**
   * The values compared with `column`.
   */
  id: number;
  /**
   * The position is in galactic longitude and latitude; default: by the columns.
   */
  galactic?: boolean;
  /**
   * Column of the catalogue that `id` is compared with; "" for positions.
   */
  column: string;
}
/**
 * The parameters needed, with the passphrase, to open an encrypted edition.
 */
export interface SealedHeader {
  /**
   * Name and version of the format.
   */
  format: "drportal-sealed-2";
  kdf: SealedKdf;
  /**
   * 16 bytes in base64 that distinguish a wrong passphrase from damage.
   */
  check: string;
  /**
   * Unencrypted size of a piece.
   */
  piece: number;
  /**
   * Number of pieces, without the index.
   */
  pieces: number;
}
/**
 * Derivation of the key from the passphrase.
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
 * The same for a catalogue: `plot-sky` has one for each, by name.
 */
export interface SkyCover {
  /**
   * Of the pixels.
   */
  order: number;
  /**
   * Base64 of one bit per HEALPix pixel (NESTED), the first in the lowest bit of a byte.
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
   * In VOUnit syntax; "" if it is not known or differs.
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
   * null if no spectra share wavelengths.
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
   * Whether original files are published with the packs.
   */
  originals: boolean;
  shipped: Shipped;
  /**
   * Of the script twins of the packs.
   */
  scripts: number;
  left_out: SpectraLeftOut;
  /**
   * Present in a part of a larger set.
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
 * The meaning of a bit of a mask.
 */
export interface MaskBit {
  /**
   * Counted from 0, the lowest.
   */
  bit: number;
  /**
   * Name in the pipeline. Further members: the meaning by language code.
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
   * Physical type of Parquet; for arrays, of their elements.
   */
  type: "INT32" | "INT64" | "FLOAT" | "DOUBLE" | "BYTE_ARRAY";
  /**
   * A list in each row.
   */
  array: boolean;
  /**
   * May be NULL.
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
 * Wavelengths shared by many spectra: a row group of grids.parquet.
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
 * A Parquet file of ids in ascending order, each with the position of its spectrum.
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
 * Bytes of grids or index contained in chunks/index/NNNNNN.js, numbered by its place in the list.
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
 * Original files published with the packs.
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
   * The first 1,000; empty if something is withheld.
   */
  files: LeftOutFile[];
}
/**
 * The larger set from which a medium contains a part.
 */
export interface PartOf {
  /**
   * Of the larger set.
   */
  spectra: number;
  /**
   * The SQL condition that selected them; null if they were chosen to fit the disc.
   */
  where: string | null;
}
/**
 * Statistics of a catalogue.
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
   * Source rows without a valid position, which were left out.
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
   * Rows of each night, in order; the 20,000 fullest nights.
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
   * Mean positions of plates whose rows are within 15 degrees; none if there are more than 20,000 plates.
   */
  centres?: Centre[];
  /**
   * If rows have positions and such ratios.
   */
  sky_by_snr?: SkyBySnr | null;
  /**
   * If nights are dates.
   */
  sky_by_year?: SkyByYear | null;
  roles: FoundRoles;
  /**
   * Empty for simulated rows, and if rows are withheld.
   */
  sources: SourceFile[];
  /**
   * null if rows have no positions.
   */
  sky: SkyMap | null;
}
/**
 * Statistics of a column. Declared missing values, NULL and NaN count as missing.
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
   * Rows without a value.
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
   * Of the finite values; for numbers only.
   */
  mean?: number | string | null;
  /**
   * Rows with -Infinity and with Infinity, if there are any.
   */
  infinite?: Counted[];
  /**
   * Number of distinct values; null for arrays.
   */
  distinct: number | null;
  /**
   * Whether `distinct` is an estimate, with a standard error below 0.4 %: only where it is above 300,000 and the column has no index.
   */
  estimated?: boolean;
  /**
   * All values, the most frequent first, if there are at most 50.
   */
  values?: Counted[];
  /**
   * The 8 most frequent texts, if there are more.
   */
  common?: Counted[];
  /**
   * Of numbers.
   */
  histogram?: Histogram | null;
  /**
   * Rows with each declared missing value.
   */
  marked?: Counted[];
  /**
   * For masks whose bits release.toml explains.
   */
  bits?: BitCount[];
  /**
   * Up to 3 values, from rows throughout the table.
   */
  examples: (boolean | number | string | null)[];
  /**
   * Values that look like undeclared missing values.
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
   * Rows per bin. The first and last bin extend to the extremes.
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
 * Sky positions of rows with high signal-to-noise ratios.
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
   * One per threshold.
   */
  maps: SnrSky[];
}
/**
 * Rows by sky position, above a signal-to-noise ratio.
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
 * Sky positions of rows by year of observation.
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
   * One per year.
   */
  maps: YearSky[];
}
/**
 * Rows of one year by sky position.
 */
export interface YearSky {
  /**
   * Year of the evening when the night began.
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
 * A file from which the catalogue was made.
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
 * Rows by sky position.
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
