/** Days and times as this very phone writes them, in the participant's own zone. */

const page = globalThis.document?.documentElement.lang ?? "en";
/** How this very phone writes the page's language: en-GB puts the day before the month. */
export const language = navigator.languages?.find((each) => each.startsWith(page)) ?? page;

/** @type {Intl.DateTimeFormatOptions} */
const DAY = { weekday: "long", day: "numeric", month: "long" };
/** @type {Intl.DateTimeFormatOptions} */
const TIME = { hour: "numeric", minute: "2-digit" };

/** @param {number} count */
export const minutes = (count) =>
  new Intl.NumberFormat(language, { style: "unit", unit: "minute", unitDisplay: "long" }).format(
    count,
  );

/** @param {number} at @param {string} zone @param {Intl.DateTimeFormatOptions} style */
const written = (at, zone, style) =>
  new Intl.DateTimeFormat(language, { ...style, timeZone: zone }).format(at);

/** @param {string} moment @param {string} zone */
export const day = (moment, zone) => written(Date.parse(moment), zone, DAY);

/** @param {string} moment @param {string} zone */
export function clock(moment, zone) {
  const at = Date.parse(moment);
  return `${written(at, zone, DAY)}, ${written(at, zone, TIME)}`;
}

/** From when: what opens at midnight opens with the day. @param {string} moment @param {string} zone */
export function from(moment, zone) {
  const before = written(Date.parse(moment) - 1, zone, DAY);
  return before === day(moment, zone) ? clock(moment, zone) : day(moment, zone);
}

/** Until when: what closes at midnight is open for the whole of its last day. @param {string} moment @param {string} zone */
export function until(moment, zone) {
  const last = written(Date.parse(moment) - 1, zone, DAY);
  return last === written(Date.parse(moment), zone, DAY) ? clock(moment, zone) : last;
}
