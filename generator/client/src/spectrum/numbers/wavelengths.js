/**
 * Wavelengths of the file and of the axis: vacuum or air, observed or at rest, Å or nm.
 *
 * @typedef {"vacuum" | "air"} Medium
 * @typedef {object} Showing
 * @property {Medium} medium
 * @property {"observed" | "rest"} frame
 * @property {"A" | "nm"} unit
 * @property {number} z
 */

/** Speed of light in km/s. */
export const C = 299792.458;
/** Below this many Å wavelengths are given in vacuum, whatever the medium. */
const ULTRAVIOLET = 2000;

/** Refraction of standard air after Ciddor (1996, Applied Optics 35, 1566), which the IAU uses. @param {number} vacuum Å */
function refraction(vacuum) {
  const s = (1e4 / vacuum) ** 2;
  return 1 + 0.05792105 / (238.0185 - s) + 0.00167917 / (57.362 - s);
}

/** @param {number} vacuum Å */
export const toAir = (vacuum) => (vacuum < ULTRAVIOLET ? vacuum : vacuum / refraction(vacuum));

/** @param {number} air Å */
export function toVacuum(air) {
  if (air < ULTRAVIOLET / 1.0004) return air;
  let vacuum = air;
  // Refraction varies slowly: each iteration gains more than four digits.
  for (let i = 0; i < 4; i++) vacuum = air * refraction(vacuum);
  return vacuum < ULTRAVIOLET ? air : vacuum;
}

/** From the file's wavelengths to those of the axis, and back. */
export class Axis {
  #file;

  /** @param {Medium} file medium of the file's wavelengths @param {Showing} showing @param {number} [scale] Å in the file's unit */
  constructor(file, { medium, frame, unit, z }, scale = 1) {
    this.#file = file;
    this.medium = medium;
    this.stretch = frame === "rest" ? 1 + z : 1;
    this.divisor = unit === "nm" ? 10 : 1;
    this.scale = scale;
    /** Neither the medium nor the frame changes: wavelengths are kept exactly. */
    this.plain = file === medium && this.stretch === 1;
  }

  /** @param {number} wavelength of the file */
  show(wavelength) {
    const angstrom = wavelength * this.scale;
    return (this.plain ? angstrom : this.ofVacuum(this.vacuum(wavelength)) * this.divisor) / this.divisor;
  }

  /** Observed, in vacuum, in Å. @param {number} wavelength of the file */
  vacuum(wavelength) {
    const angstrom = wavelength * this.scale;
    return this.#file === "air" ? toVacuum(angstrom) : angstrom;
  }

  /** On the axis. @param {number} vacuum observed, Å */
  ofVacuum(vacuum) {
    const rest = vacuum / this.stretch;
    return (this.medium === "air" ? toAir(rest) : rest) / this.divisor;
  }

  /** Observed, in vacuum, in Å. @param {number} shown on the axis */
  toVacuum(shown) {
    const angstrom = shown * this.divisor;
    return (this.medium === "air" ? toVacuum(angstrom) : angstrom) * this.stretch;
  }

  /** In the file. @param {number} shown on the axis */
  read(shown) {
    if (this.plain) return (shown * this.divisor) / this.scale;
    const vacuum = this.toVacuum(shown);
    return (this.#file === "air" ? toAir(vacuum) : vacuum) / this.scale;
  }
}
