/** Names of objects as keys: without blanks, signs and leading zeros, with abbreviations of Greek letters, constellations and catalogues. */

const LETTERS = "αβγδεζηθικλμνξοπρστυφχψω";
const GREEK =
  "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon phi chi psi omega".split(
    " ",
  );
/** Constellations: abbreviation and genitive. */
const CONSTELLATIONS =
  "and andromedae,ant antliae,aps apodis,aqr aquarii,aql aquilae,ara arae,ari arietis,aur aurigae,boo bootis,cae caeli,cam camelopardalis,cnc cancri,cvn canum venaticorum,cma canis majoris,cmi canis minoris,cap capricorni,car carinae,cas cassiopeiae,cen centauri,cep cephei,cet ceti,cha chamaeleontis,cir circini,col columbae,com comae berenices,cra coronae australis,crb coronae borealis,crv corvi,crt crateris,cru crucis,cyg cygni,del delphini,dor doradus,dra draconis,equ equulei,eri eridani,for fornacis,gem geminorum,gru gruis,her herculis,hor horologii,hya hydrae,hyi hydri,ind indi,lac lacertae,leo leonis,lmi leonis minoris,lep leporis,lib librae,lup lupi,lyn lyncis,lyr lyrae,men mensae,mic microscopii,mon monocerotis,mus muscae,nor normae,oct octantis,oph ophiuchi,ori orionis,pav pavonis,peg pegasi,per persei,phe phoenicis,pic pictoris,psc piscium,psa piscis austrini,pup puppis,pyx pyxidis,ret reticuli,sge sagittae,sgr sagittarii,sco scorpii,scl sculptoris,sct scuti,ser serpentis,sex sextantis,tau tauri,tel telescopii,tri trianguli,tra trianguli australis,tuc tucanae,uma ursae majoris,umi ursae minoris,vel velorum,vir virginis,vol volantis,vul vulpeculae"
    .split(",")
    .map((one) => /** @type {[string, string]} */ ([one.slice(0, 3), one.slice(4)]));
/** Words and what stands for them in keys, the longest first. @type {[string, string][]} */
const WORDS = [
  ...GREEK.map((name) => /** @type {[string, string]} */ ([name, name.slice(0, 3)])),
  ...CONSTELLATIONS.map(([short, name]) => /** @type {[string, string]} */ ([name, short])),
].sort(([one], [other]) => other.length - one.length);
const WORD = new RegExp(`(?<![\\p{L}\\p{N}])(${WORDS.map(([name]) => name).join("|")})(?!\\p{L})`, "gu");
const SHORT = new Map(WORDS);
/** @type {[RegExp, string][]} */
const CATALOGUES = [
  [/^(?:messier|梅西耶天体|梅西耶|梅西叶)(?=\d)/, "m"],
  [/^(?:caldwell|考德威尔)(?=\d)/, "c"],
  [/^melotte(?=\d)/, "mel"],
  [/^barnard(?=\d)/, "b"],
  [/^(?:collinder|cr)(?=\d)/, "cl"],
  [/^bs(?=\d)/, "hr"],
];

/** @param {string} text */
const tidy = (text) =>
  text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[α-ω]/g, (letter) => ` ${GREEK[LETTERS.indexOf(letter === "ς" ? "σ" : letter)]} `);

/** @param {string} text in lower case */
function key(text) {
  const bare = text
    .replace(WORD, (word) => SHORT.get(word) ?? word)
    .replace(/[^\p{L}\p{N}]+/gu, "")
    .replace(/(\D|^)0+(?=\d)/g, "$1");
  return CATALOGUES.reduce((name, [pattern, short]) => name.replace(pattern, short), bare);
}

/** A number in a catalogue, as most names of the list are. */
const NUMBERED = /^[A-Z]{1,3} [1-9]\d*$/;

/** The key of a name. @param {string} text */
export const keyOf = (text) => (NUMBERED.test(text) ? text.replace(" ", "").toLowerCase() : key(tidy(text)));

/**
 * Keys of what is typed, with which the keys of names that are meant begin: the last word may be unfinished.
 * @param {string} text
 */
export function beginnings(text) {
  const clean = tidy(text).trim();
  const [, before, last] = /^(.*?)(\p{L}*)$/u.exec(clean) ?? ["", clean, ""];
  const finished = last.length < 3 ? [] : WORDS.filter(([name]) => name.startsWith(last) && name !== last);
  const all = [clean, ...finished.map(([name]) => before + name)].map(key);
  return [...new Set(all)].filter(Boolean);
}
