/**
 * The mapping table as a person has it with 1,000 organizations and 20,000 accounts: in a real Chromium, from the key or
 * click to the painted rows.
 */
import type { Page } from '@playwright/test';
import { hasBrowser, openChromium } from '../test/browser/support/chromium.ts';
import { createPeople } from '../test/browser/support/people.ts';
import { fillDirectory, organizations } from './fill.ts';
import { type Bench, startHerald } from './herald.ts';
import type { Figure } from './report.ts';

const mapped = 300;
const mostMs = 100;
const mostSuggestionsMs = 2_000;
const mostOfferMs = 200;
const loads = 5;
/** More than the few calls after which PostgreSQL stops planning a statement anew. */
const offerCalls = 20;

/** Without a Chromium nothing is measured, and the report says so. */
export async function mapping(): Promise<Figure[]> {
  if (!hasBrowser) {
    console.error(
      '\nTHE MAPPING TABLE IS NOT MEASURED: no Chromium was found. Install one, or set CHROMIUM_PATH.\n',
    );
    return figuresOf({ searches: [], filters: [], suggestions: [], offers: [] });
  }
  const herald = await startHerald();
  const browser = await openChromium();
  try {
    const { connectionId } = await fillDirectory(herald.dataDir, mapped);
    const page = await signedIn(herald, browser);
    const suggestions: number[] = [];
    for (let load = 0; load < loads; load++) suggestions.push(await open(page, connectionId));
    const [searches, filters] = [await search(page), await filter(page)];
    return figuresOf({ searches, filters, suggestions, offers: await offer(herald, connectionId) });
  } finally {
    await browser.close();
    await herald.remove();
  }
}

interface Measured {
  searches: number[];
  filters: number[];
  suggestions: number[];
  offers: number[];
}

function figuresOf({ searches, filters, suggestions, offers }: Measured): Figure[] {
  const worst = (values: number[]) => (values.length > 0 ? [Math.max(...values)] : []);
  const figure = (name: string, values: number[], most = mostMs) => ({ name, values, unit: 'ms', most });
  return [
    figure('Mapping table: a key in the search to painted rows', searches),
    figure('Mapping table: a key in the search to painted rows, worst', worst(searches)),
    figure('Mapping table: a filter to painted rows', filters),
    figure('Mapping table: a filter to painted rows, worst', worst(filters)),
    figure('Mapping table: suggestions, as the page asks for them', suggestions, mostSuggestionsMs),
    figure('Mapping table: accounts that are offered for what was typed', offers, mostOfferMs),
    figure('Mapping table: accounts that are offered for what was typed, worst', worst(offers), mostOfferMs),
  ];
}

async function signedIn(
  { url, api }: Bench,
  browser: Awaited<ReturnType<typeof openChromium>>,
): Promise<Page> {
  await api('PATCH', '/workspaces/current', { secondFactorDemanded: false });
  const context = await browser.newContext({ baseURL: url, viewport: { width: 1280, height: 800 } });
  await context.addCookies(await createPeople(browser, url, api)('admin'));
  return context.newPage();
}

/** Opens the table; answers how long the suggestions took, in milliseconds. */
async function open(page: Page, connectionId: string): Promise<number> {
  await page.goto(`/settings/psa/${connectionId}?step=accounts`);
  await page.locator(`[role=grid][aria-rowcount="${organizations + 1}"]`).waitFor();
  await page.getByRole('button', { name: /^Accept [\d,]+ exact matches$/ }).waitFor();
  return page.evaluate(() => {
    const [asked] = performance
      .getEntriesByType('resource')
      .filter(({ name }) => name.endsWith('/suggestions'));
    return asked?.duration ?? Number.NaN;
  });
}

/** Each first letter of the part of a name that tells organizations apart, and back to all of them. */
async function search(page: Page): Promise<number[]> {
  const field = page.getByLabel('Search organizations and accounts');
  const times: number[] = [];
  for (const letter of '0123456789abcdef') {
    await page.locator(`[role=grid][aria-rowcount="${organizations + 1}"]`).waitFor();
    await field.fill('customer ');
    times.push(await paintedAfter(page, () => page.keyboard.press(letter)));
    await field.selectText();
    times.push(await paintedAfter(page, () => page.keyboard.press('Delete')));
  }
  return times;
}

const rounds = 4;

async function filter(page: Page): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    for (const name of ['Open', 'Mapped', 'Suggested', 'All']) {
      const choice = page.getByText(new RegExp(`^${name} [\\d,]+$`));
      times.push(await paintedAfter(page, () => choice.click()));
    }
  }
  return times;
}

/** Milliseconds from what a person does until the frame with other rows was painted. */
async function paintedAfter(page: Page, act: () => Promise<void>): Promise<number> {
  await page.evaluate(watch);
  await act();
  return page.evaluate(() => (globalThis as unknown as InPage).painted);
}

/** What a chooser asks for each pause in typing, over the API. */
async function offer({ api }: Bench, connectionId: string): Promise<number[]> {
  const times: number[] = [];
  for (let call = 0; call < offerCalls; call++) {
    const startedAt = performance.now();
    await api('GET', `/psa/connections/${connectionId}/accounts?limit=50&q=${call}&accountType=1,2,3`);
    times.push(performance.now() - startedAt);
  }
  return times;
}

/** What {@link watch} uses of the page; the benchmark itself knows no browser. */
interface InPage {
  document: {
    body: object;
    querySelector(css: string): { getAttribute(name: string): string | null } | null;
  };
  addEventListener(kind: string, hear: (event: { timeStamp: number }) => void, options: object): void;
  requestAnimationFrame(draw: () => void): void;
  MutationObserver: new (
    see: () => void,
  ) => { observe(what: object, options: object): void; disconnect(): void };
  /** Milliseconds, once it is painted. */
  painted: Promise<number>;
}

/** Runs in the page: from the event to the second frame after the table has another number of rows. */
function watch(): void {
  const page = globalThis as unknown as InPage;
  let begunAt: number | undefined;
  const begin = ({ timeStamp }: { timeStamp: number }) => {
    begunAt ??= timeStamp;
  };
  for (const kind of ['input', 'click']) page.addEventListener(kind, begin, { capture: true, once: true });
  const rows = () => page.document.querySelector('[role=grid]')?.getAttribute('aria-rowcount');
  const before = rows();
  page.painted = new Promise((resolve) => {
    const observer = new page.MutationObserver(() => {
      const startedAt = begunAt;
      if (startedAt === undefined || rows() === before) return;
      observer.disconnect();
      page.requestAnimationFrame(() =>
        page.requestAnimationFrame(() => resolve(performance.now() - startedAt)),
      );
    });
    observer.observe(page.document.body, {
      subtree: true,
      attributeFilter: ['aria-rowcount'],
      childList: true,
    });
  });
}
