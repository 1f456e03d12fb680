/** For three days after a session: the number that answers at any hour, before all others. */
import { until } from "./dates.js";
import { fill, one } from "./page.js";

/** @param {import("./list.js").List} list */
export function offerNight({ call, skew, zone }) {
  const now = Date.now() + skew;
  const after = call.after_sessions.find(
    ({ from, until: end }) => Date.parse(from) <= now && now < Date.parse(end),
  );
  one("#first").hidden = !after || !call.out_of_hours;
  if (!after || !call.out_of_hours) return;
  one("#first a").setAttribute("href", `tel:${call.out_of_hours.replaceAll(" ", "")}`);
  one("#first b").textContent = call.out_of_hours;
  fill("first-until", until(after.until, zone));
}
