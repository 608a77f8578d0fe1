// Two tabs of one browser load at Graph's real pace, unscaled, and share the limit between them.
import assert from "node:assert/strict";
import { until } from "./lib/app.mjs";
import { watch } from "./lib/browser.mjs";
import { APP, assertPromises, journey, openEventType, signIn } from "./lib/journey.mjs";

const ROWS_MIN = 10_000;
/** Longest time that a tab may wait for its next rows: three windows of the limit. */
const PAUSE_MAX_SECS = 30;
const KINDS = [
  { type: "interactiveUser", tab: "Interactive", route: "#/sign-ins/interactive-user?range=all" },
  { type: "nonInteractiveUser", tab: "Non-interactive", route: "#/sign-ins/non-interactive-user?range=all" },
];

journey("two tabs load 10,000 rows together: within the limit, both all the time, none lost, none twice", ["--scale", "0.24"], async (begun) => {
  const { tenant, page, complaints } = begun;
  await page.goto(`${APP}${KINDS[0].route}`);
  await page.getByRole("button", { name: "Sign in with Microsoft" }).click();
  await signIn(page, tenant, tenant.holder("Global Administrator"));
  const other = await begun.browser.newPage();
  const complaintsOfOther = await watch(other);
  const tabs = [page, other];
  await other.goto(`${APP}${KINDS[1].route}`);

  await bothComplete(tabs);
  const requests = await tenant.graphRequests();
  const [one, two] = KINDS.map(({ type }) => requests.filter(({ query }) => decodeURIComponent(query).includes(`'${type}'`)));
  // Graph may count one of the two.
  const counts = requests.filter(({ path }) => path.includes("getSummarized"));
  assert.ok(counts.length <= 3, `${counts.length} requests for counts`);
  assert.equal(one.length + two.length + counts.length, requests.length, "nothing else was asked");
  assert.ok(one[0].at_ms < two.at(-1).at_ms && two[0].at_ms < one.at(-1).at_ms, "both asked at the same time");

  const ids = await Promise.all(KINDS.map(({ type }) => tenant.ids("signIns", type)));
  assert.ok(ids[0].length + ids[1].length >= ROWS_MIN, `${ids[0].length} and ${ids[1].length} rows`);
  for (const [at, { tab }] of KINDS.entries()) {
    await openEventType(tabs[at], tab);
    assert.deepEqual((await shownIds(tabs[at])).sort(), ids[at].sort(), tab);
  }
  complaints.push(...complaintsOfOther);
  await assertPromises(begun);
});

/** Waits until both have everything, and sees that neither waits too long for more. */
async function bothComplete(tabs) {
  const seen = tabs.map(() => ({ rows: 0, at: Date.now() }));
  await until(
    "both are complete",
    async () => {
      const areComplete = await Promise.all(tabs.map((tab) => tab.getByText("Complete", { exact: true }).isVisible()));
      for (const [at, tab] of tabs.entries()) {
        const rows = await rowsShown(tab);
        if (areComplete[at] || rows > seen[at].rows) seen[at] = { rows, at: Date.now() };
        const pause = (Date.now() - seen[at].at) / 1000;
        assert.ok(pause <= PAUSE_MAX_SECS, `${KINDS[at].tab} stood still at ${rows} rows for ${pause} s`);
      }
      return areComplete.every(Boolean);
    },
    150,
  );
}

async function rowsShown(tab) {
  const grid = tab.getByRole("grid");
  return (await grid.count()) === 0 ? 0 : Number(await grid.getAttribute("aria-rowcount")) - 1;
}

/** The id in every row of the table, read by scrolling down. */
async function shownIds(tab) {
  // A tall window shows many rows at a time.
  await tab.setViewportSize({ width: 1280, height: 4000 });
  return tab.getByRole("grid").evaluate(async (grid) => {
    const heads = [...grid.querySelectorAll("[role=columnheader]")].map((head) => head.textContent);
    const cell = `[data-cell="${heads.indexOf("Request ID")}"]`;
    const ids = new Array(Number(grid.getAttribute("aria-rowcount")) - 1).fill("");
    const height = grid.querySelector("[aria-rowindex='2']").getBoundingClientRect().height;
    const end = Date.now() + 60_000;
    for (let next = 0; next !== -1 && Date.now() < end; next = ids.indexOf("")) {
      grid.scrollTop = next * height;
      await new Promise((resolve) => setTimeout(resolve, 20));
      for (const row of grid.querySelectorAll("[role=row][aria-selected]")) {
        ids[Number(row.getAttribute("aria-rowindex")) - 2] ||= row.querySelector(cell)?.textContent ?? "";
      }
    }
    return ids;
  });
}
