/** Links of a row: pages of this site, and other services at its position. Nothing is requested until one is pressed. */
import { t } from "../../shared/strings.js";

/**
 * @typedef {object} Place
 * @property {string} name
 * @property {string} address
 * @property {boolean} [here] it is a page of this site
 * @property {(link: HTMLAnchorElement) => Promise<void>} [ready] prepares the link
 */

/** Radius of the searches, arcsec, and how much of the sky is shown, degrees. */
const RADIUS = 10;
const FIELD = 0.1;

/** @type {{name: string, address: (ra: string, dec: string) => string}[]} */
const SERVICES = [
  {
    name: "SIMBAD",
    address: (ra, dec) =>
      `https://simbad.cds.unistra.fr/simbad/sim-coo?${query({ Coord: `${ra} ${dec}`, CooFrame: "ICRS", CooEpoch: "2000", CooEqui: "2000", Radius: RADIUS, "Radius.unit": "arcsec" })}`,
  },
  {
    name: "CDS Portal",
    address: (ra, dec) => `https://cdsportal.u-strasbg.fr/?${query({ target: `${ra} ${dec}` })}`,
  },
  {
    name: "VizieR",
    address: (ra, dec) =>
      `https://vizier.cds.unistra.fr/viz-bin/VizieR-4?${query({ "-c": `${ra} ${dec}`, "-c.rs": RADIUS })}`,
  },
  {
    name: "Aladin Lite",
    address: (ra, dec) =>
      `https://aladin.cds.unistra.fr/AladinLite/?${query({ target: `${ra} ${dec}`, fov: FIELD })}`,
  },
  {
    name: "ESASky",
    address: (ra, dec) =>
      `https://sky.esa.int/esasky/?${query({ target: `${ra} ${dec}`, fov: FIELD, cooframe: "J2000", sci: "true" })}`,
  },
];

/** @param {Record<string, string | number>} parameters */
function query(parameters) {
  return Object.entries(parameters)
    .map(([key, value]) => `${key}=${encodeURIComponent(value)}`)
    .join("&");
}

/**
 * @param {unknown} ra degrees @param {unknown} dec degrees
 * @returns {Place[]} none where this is not a position on the sky
 */
export function placesFor(ra, dec) {
  const [east, north] = [Number(ra ?? NaN), Number(dec ?? NaN)];
  if (!(east >= -360 && east <= 360 && north >= -90 && north <= 90)) return [];
  const signed = `${north < 0 ? "" : "+"}${plain(north)}`;
  return SERVICES.map(({ name, address }) => ({
    name,
    address: address(plain(((east % 360) + 360) % 360), signed),
  }));
}

/** A number without an exponent, to a ten-thousandth of an arcsec. @param {number} value */
function plain(value) {
  return value.toFixed(8).replace(/\.?0+$/, "");
}

/** @param {Place} place */
export function linkTo({ name, address, here, ready }) {
  const link = document.createElement("a");
  link.href = address;
  link.textContent = name;
  if (here) {
    link.className = "here";
    link.title = t("{name}: a page of this site", { name });
  } else {
    link.target = "_blank";
    link.rel = "noopener noreferrer";
    link.title = t("{name}: opens another site, which needs a network", { name });
  }
  // If preparing fails, the page that the link leads to reports the error.
  ready?.(link).catch(() => {});
  return link;
}

/**
 * Links to this site first, and a note to distinguish them from the others.
 * @param {Place[]} places @returns {[note: string, places: Place[]][]}
 */
export function grouped(places) {
  const here = places.filter((place) => place.here);
  const away = places.filter((place) => !place.here);
  return [
    .../** @type {[string, Place[]][]} */ (here.length ? [[t("On this site"), here]] : []),
    .../** @type {[string, Place[]][]} */ (away.length ? [[t("On other sites; needs a network"), away]] : []),
  ];
}

/** The menu of a row's links: one menu for the page, shown next to the button that was pressed. */
export class LinksMenu {
  /** @param {HTMLElement} list with popover="auto" and role="menu" */
  constructor(list) {
    this.list = list;
    list.addEventListener("keydown", (event) => {
      const links = /** @type {HTMLElement[]} */ ([...list.querySelectorAll("a")]);
      const at = links.indexOf(/** @type {HTMLElement} */ (document.activeElement));
      const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: links.length - 1 }[event.key];
      if (event.key === "Tab") {
        // the browser then moves on from the button, to its neighbour
        this.button?.focus();
        list.hidePopover();
      }
      if (to === undefined) return;
      links[(to + links.length) % links.length].focus();
      event.preventDefault();
    });
    list.addEventListener("click", () => list.hidePopover());
    list.addEventListener("toggle", (event) => {
      if (/** @type {ToggleEvent} */ (event).newState === "closed")
        this.button?.setAttribute("aria-expanded", "false");
    });
  }

  /** @type {HTMLElement | null} */
  button = null;

  /** @param {HTMLElement} button @param {Place[]} places */
  open(button, places) {
    const { list } = this;
    this.button = button;
    button.setAttribute("aria-expanded", "true");
    const item = (/** @type {HTMLElement | string} */ content) => {
      const line = document.createElement("li");
      line.setAttribute("role", "none");
      line.append(content);
      return line;
    };
    const note = (/** @type {string} */ text) => {
      const line = item(text);
      line.className = "hint";
      return line;
    };
    const entry = (/** @type {Place} */ place) => {
      const link = linkTo(place);
      link.setAttribute("role", "menuitem");
      return item(link);
    };
    const groups = grouped(places);
    list.replaceChildren(
      ...(groups.length ? [] : [note(t("This row has no position."))]),
      ...groups.flatMap(([text, own]) => [note(text), ...own.map(entry)]),
    );
    list.showPopover();
    const { left, bottom, top } = button.getBoundingClientRect();
    const { width, height } = list.getBoundingClientRect();
    list.style.left = `${Math.max(4, Math.min(left, innerWidth - width - 4))}px`;
    list.style.top = `${bottom + height + 4 < innerHeight ? bottom + 2 : Math.max(4, top - height - 2)}px`;
    list.querySelector("a")?.focus();
  }
}
