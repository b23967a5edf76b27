/** What other services know of a place on the sky: plain links. Nothing is asked of anyone until one is pressed. */
import { t } from "../strings.js";

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
 * @returns {{name: string, address: string}[]} none where this is no place on the sky
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

/** Without an exponent, and to a ten-thousandth of an arcsec. @param {number} value */
function plain(value) {
  return value.toFixed(8).replace(/\.?0+$/, "");
}

/** @param {{name: string, address: string}} place */
export function linkTo({ name, address }) {
  const link = document.createElement("a");
  link.href = address;
  link.target = "_blank";
  link.rel = "noopener noreferrer";
  link.textContent = name;
  link.title = t("{name}: opens another site, which needs a network", { name });
  return link;
}

/** The menu of one row's links: one for the page, shown beside the button that was pressed. */
export class LinksMenu {
  /** @param {HTMLElement} list with popover="auto" and role="menu" */
  constructor(list) {
    this.list = list;
    list.addEventListener("keydown", (event) => {
      const links = /** @type {HTMLElement[]} */ ([...list.querySelectorAll("a")]);
      const at = links.indexOf(/** @type {HTMLElement} */ (document.activeElement));
      const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: links.length - 1 }[event.key];
      if (event.key === "Tab") list.hidePopover();
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

  /** @param {HTMLElement} button @param {{name: string, address: string}[]} places */
  open(button, places) {
    const { list } = this;
    this.button = button;
    button.setAttribute("aria-expanded", "true");
    const note = document.createElement("li");
    note.className = "hint";
    note.setAttribute("role", "none");
    note.textContent = places.length ? t("On other sites; needs a network") : t("This row has no position.");
    list.replaceChildren(
      note,
      ...places.map((place) => {
        const item = document.createElement("li");
        item.setAttribute("role", "none");
        const link = linkTo(place);
        link.setAttribute("role", "menuitem");
        item.append(link);
        return item;
      }),
    );
    list.showPopover();
    const { left, bottom, top } = button.getBoundingClientRect();
    const { width, height } = list.getBoundingClientRect();
    list.style.left = `${Math.max(4, Math.min(left, innerWidth - width - 4))}px`;
    list.style.top = `${bottom + height + 4 < innerHeight ? bottom + 2 : Math.max(4, top - height - 2)}px`;
    list.querySelector("a")?.focus();
  }
}
