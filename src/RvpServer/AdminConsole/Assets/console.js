// All pages work without this; it makes figures live, shows times as people here write them, and closes the menu on telephones.

const asked = { headers: { "RVP-Console": "1" } };
const numbers = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });
const maxPoints = 120;
const interval = 2000;

/** @param {ParentNode} part */
function showTimes(part) {
  for (const time of part.querySelectorAll("time")) {
    const shown = new Date(time.dateTime);
    time.title = time.textContent ?? "";
    time.textContent = shown.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "medium" });
  }
}

/** @param {HTMLElement} board */
function live(board) {
  /** @type {Map<string, number[]>} */
  const series = new Map();
  /** @type {{ at: number, values: Record<string, number> } | null} */
  let last = null;

  async function step() {
    if (!document.hidden) {
      const answer = await fetch(board.dataset.live ?? "", asked);
      if (answer.status === 401) return location.reload();
      if (answer.ok) show(performance.now(), await answer.json());
    } else last = null;
    setTimeout(step, interval);
  }

  /** @param {number} at @param {Record<string, number>} values */
  function show(at, values) {
    for (const plot of board.querySelectorAll("svg")) {
      const value = valueOf(plot.dataset.kind ?? "", plot.dataset.plot ?? "", at, values);
      if (value === null) continue;
      const name = plot.dataset.plot ?? "";
      const points = [...(series.get(name) ?? []), value].slice(-maxPoints);
      series.set(name, points);
      board.querySelector(`[data-value="${name}"]`).textContent = numbers.format(value);
      const top = Math.max(...points, 1);
      plot.querySelector("polyline").setAttribute("points",
        points.map((y, i) => `${(120 * (maxPoints - points.length + i)) / (maxPoints - 1)},${31 - (30 * y) / top}`).join(" "));
    }
    last = { at, values };
  }

  /** @param {string} kind @param {string} name @param {number} at @param {Record<string, number>} values @returns {number | null} */
  function valueOf(kind, name, at, values) {
    if (kind === "value") return values[name];
    if (kind === "mebibytes") return values[name] / 1048576;
    if (!last) return null;
    const rate = (values[name] - last.values[name]) / ((at - last.at) / 1000);
    return kind === "percent" ? rate * 100 : rate;
  }

  step().catch(() => setTimeout(() => live(board), interval));
}

/** Asks for the page again and takes the part from it, until it says that nothing changes any more. @param {HTMLElement} part */
function refresh(part) {
  setTimeout(async () => {
    if (document.hidden) return refresh(part);
    const answer = await fetch(location.href, asked);
    if (answer.status === 401) return location.reload();
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const next = page.querySelector("[data-refresh]");
    if (!next) return location.reload();
    const atEnd = part.scrollTop + part.clientHeight >= part.scrollHeight - 4;
    part.replaceChildren(...next.childNodes);
    if (atEnd) part.scrollTop = part.scrollHeight;
    showTimes(part);
    if (next.dataset.refresh) refresh(part);
    else location.reload();
  }, Number(part.dataset.refresh) * 1000);
}

showTimes(document);
for (const board of document.querySelectorAll("[data-live]")) live(board);
for (const part of document.querySelectorAll("[data-refresh]")) if (part.dataset.refresh) refresh(part);
if (matchMedia("(max-width: 45rem)").matches) document.querySelector("[data-menu]")?.removeAttribute("open");
