/** Paper: what scripts draw for it. */

/** Width in CSS pixels of the text on A4 paper with the margins of @page. */
export const PAPER = 660;
