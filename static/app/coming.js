/** "Coming up": what will be asked in the next weeks, and when. */
import { day, minutes, until } from "./dates.js";
import { keptList, refresh } from "./list.js";
import { copy, fill, one } from "./page.js";

/** @param {import("./list.js").List} list */
function show(list) {
  const now = Date.now() + list.skew;
  const rows = list.assessments
    .filter(({ opens_at }) => Date.parse(opens_at) > now)
    .map((due) => {
      const row = copy("row");
      one("strong", row).textContent = due.title;
      one(".about", row).hidden = !due.about;
      fill("about", due.about?.name ?? "", row);
      fill("opens", day(due.opens_at, list.zone), row);
      fill("closes", until(due.closes_at, list.zone), row);
      fill("minutes", minutes(due.minutes), row);
      return row;
    });
  one("#list").replaceChildren(...rows);
  one("#nothing").hidden = rows.length > 0;
  one("#coming").hidden = false;
}

async function start() {
  const known = await keptList();
  if (known) show(known);
  const { list } = await refresh();
  if (list) show(list);
  else if (!known) location.replace("/");
}

start().catch(() => location.replace("/"));
