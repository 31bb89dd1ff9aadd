/** The checkout. */
export const ROOT = new URL("../../", import.meta.url).pathname;

/** The chart. */
export const CHART = `${ROOT}charts/mutt`;
