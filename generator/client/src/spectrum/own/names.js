/** Names of columns, extensions and keywords in spectrum files, and what they contain. */

/** Arrays of a part by the names of columns or extensions, in capitals. The first that there is counts. */
export const ARRAYS = /** @type {Record<string, string[]>} */ ({
  loglam: ["LOGLAM", "LOGLAMBDA", "LOGWAVE", "LOG_LAMBDA", "LOGWL"],
  wavelength: [
    "WAVELENGTH",
    "WAVE",
    "LAMBDA",
    "LAM",
    "WL",
    "WAVELENGTHS",
    "WAVE_VAC",
    "WAVE_AIR",
    "OBSWAVE",
    "W",
  ],
  flux: ["FLUX", "FLUX_REDUCED", "FLUX_DENSITY", "FLUXES", "SPEC", "SPECTRUM", "FLAM", "F", "DATA", "SCI"],
  ivar: ["IVAR", "FLUX_IVAR", "INVVAR", "WEIGHT"],
  error: [
    "ERROR",
    "ERR",
    "FLUX_ERROR",
    "FLUX_ERR",
    "ERR_FLUX",
    "ERR_REDUCED",
    "ERRS",
    "SIGMA",
    "SIG",
    "UNCERTAINTY",
    "STDEV",
    "NOISE",
  ],
  variance: ["VARIANCE", "VAR", "FLUX_VAR"],
  sky: ["SKY", "BACKGROUND", "SKY_FLUX"],
  model: ["MODEL", "BESTFIT", "BEST_FIT", "MODEL_FLUX"],
  normalized: ["NORMALIZATION", "NORMALIZED", "FLUX_NORM", "NORM_FLUX"],
  wdisp: ["WDISP", "WRESL"],
  and_mask: ["ANDMASK", "AND_MASK"],
  or_mask: ["ORMASK", "OR_MASK"],
  pix_mask: ["PIXMASK", "PIX_MASK"],
  mask: ["MASK", "DQ", "QUAL", "QUALITY", "FLUX_MASK", "BITMASK", "BPM"],
});

/** The facts that pages show, by the keywords or columns that may contain them. */
export const FACTS = /** @type {Record<string, string[]>} */ ({
  designation: ["DESIG", "DESINAME", "OBJECT", "TARGNAME", "TARGPROP", "OBJ_NME", "CNAME"],
  ra: ["RA", "PLUG_RA", "TARGET_RA", "RA_TARG", "TARG_RA", "RACAT", "OBJ_RA", "TARGRA"],
  dec: ["DEC", "PLUG_DEC", "TARGET_DEC", "DEC_TARG", "TARG_DEC", "DECCAT", "OBJ_DEC", "TARGDEC"],
  date: ["DATE-OBS"],
  mjd: ["MJD", "MJD-OBS", "MEAN_MJD", "EXPSTART"],
  lmjd: ["LMJD"],
  plan: ["PLANID"],
  plate: ["PLATE", "FIELD", "PLATEID"],
  spectrograph: ["SPID"],
  fibre: ["FIBERID", "FIBER", "FIBREID", "FIBER_ID"],
  class: ["CLASS"],
  subclass: ["SUBCLASS"],
  z: ["Z"],
  z_err: ["Z_ERR"],
  exptime: ["EXPTIME", "COADD_EXPTIME", "EFFEXPTM", "TEXPTIME", "TEXPTIM"],
  telescope: ["TELESCOP"],
  instrument: ["INSTRUME"],
  release: ["DATA_V"],
  simulated: ["SIMULATE"],
  helio_rv: ["HELIO_RV"],
  snr: ["SN_MEDIAN_ALL", "SNR", "SNMEDIAN"],
});

/** Names of ids, the survey's own first: name as pages show it -> keyword or column. */
export const IDS = /** @type {[string, string][]} */ ([
  ["obsid", "OBSID"],
  ["specobjid", "SPECOBJID"],
  ["targetid", "TARGETID"],
  ["targid", "TARGID"],
  ["sdss_id", "SDSS_ID"],
]);

/** Units of wavelengths that the viewer knows, by how files write them in small letters. */
export const UNITS = /** @type {Record<string, string>} */ ({
  ...Object.fromEntries(
    ["", "a", "angstrom", "angstroms", "ang", "å", "0.1nm", "0.1 nm", "10**-10 m"].map((u) => [
      u,
      "Angstrom",
    ]),
  ),
  ...Object.fromEntries(["nm", "nanometer", "nanometers"].map((u) => [u, "nm"])),
  ...Object.fromEntries(
    ["um", "µm", "μm", "micron", "microns", "micrometer", "micrometers"].map((u) => [u, "um"]),
  ),
  ...Object.fromEntries(["m", "meter", "meters"].map((u) => [u, "m"])),
});
