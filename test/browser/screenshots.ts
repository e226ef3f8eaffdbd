/**
 * `npm run screenshots`: a picture of every page, in both themes and in two widths, in ./screenshots. A workspace of
 * its own is filled for it; nothing stays behind but the pictures.
 */
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import startServer from '../database.ts';
import { copyDatabase, type TestServer } from '../databaseCopy.ts';
import { openApp } from './support/app.ts';
import { filledSimulator } from './support/filled.ts';
import { openMailbox } from './support/mailbox.ts';
import { fillAll, places } from './support/places.ts';

const folder = join(import.meta.dirname, '../../screenshots');
const pagesFolder = join(import.meta.dirname, '../../web/src');
const widths = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };
const schemes = ['light', 'dark'] as const;

/** They lead somewhere else at once. */
const redirects = ['/settings'];

/** The paths that the files of routes declare. */
async function declaredRoutes(): Promise<string[]> {
  const files = (await readdir(pagesFolder, { recursive: true })).filter((file) =>
    file.endsWith('routes.ts'),
  );
  const texts = await Promise.all(files.map((file) => readFile(join(pagesFolder, file), 'utf8')));
  return texts.flatMap((text) => [...text.matchAll(/^ {2}path: '(.+)',$/gm)].map(([, path = '']) => path));
}

/** Waits until the page shows what it was opened for. */
async function shown(page: Page): Promise<void> {
  await page.locator('h1').first().waitFor({ timeout: 10_000 });
  await page.getByRole('status', { name: 'Loading' }).first().waitFor({ state: 'hidden' });
  await page.waitForLoadState('networkidle', { timeout: 1_000 }).catch(() => undefined);
}

/** Frames are drawn only inside the window: it becomes as high as the page. Answers what makes it as it was. */
async function enlarge(page: Page): Promise<() => Promise<void>> {
  const size = page.viewportSize() ?? widths.desktop;
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  await page.setViewportSize({ ...size, height });
  await page.waitForTimeout(200);
  return () => page.setViewportSize(size);
}

async function take(page: Page, file: string, address: string): Promise<string | undefined> {
  try {
    await page.goto(address);
    await shown(page);
    // A dialog and its shade cover the window, not the whole page.
    const fullPage = (await page.getByRole('dialog').count()) === 0;
    const restore = (await page.locator('iframe').count()) > 0 ? await enlarge(page) : undefined;
    await page.screenshot({ path: join(folder, file), fullPage, animations: 'disabled' });
    await restore?.();
    return undefined;
  } catch (error) {
    return `${file}: ${(error as Error).message.split('\n')[0]}`;
  }
}

async function run(): Promise<void> {
  const routes = await declaredRoutes();
  const present = places.filter(({ route }) => routes.includes(route));
  const missing = routes.filter(
    (route) => !redirects.includes(route) && !places.some((place) => place.route === route),
  );
  if (missing.length > 0)
    throw new Error(`No picture is taken of ${missing.join(', ')}: add it to the list.`);
  const server = {} as TestServer;
  const stop = await startServer({ provide: (key, value) => Object.assign(server, { [key]: value }) });
  const app = await openApp({ simulator: filledSimulator, database: await copyDatabase(server) });
  const mailbox = await openMailbox();
  const problems: string[] = [];
  try {
    const there = await fillAll(app, mailbox);
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    for (const [device, viewport] of Object.entries(widths)) {
      // Side by side: most of the time goes into waiting for pages to become quiet.
      const all = schemes.map(async (colorScheme) => {
        const outside = await app.page({ viewport, colorScheme, role: 'nobody' });
        const inside = await app.page({ viewport, colorScheme });
        for (const { name, address, isOutside } of present) {
          const file = `${name}-${device}-${colorScheme}.png`;
          const problem = await take(isOutside ? outside : inside, file, address(there));
          if (problem) problems.push(problem);
        }
        await outside.context().close();
        await inside.context().close();
      });
      await Promise.all(all);
    }
  } finally {
    await app.close();
    await mailbox.close();
    await stop();
  }
  console.log(`${present.length} pages, ${present.length * 4 - problems.length} pictures in ${folder}`);
  if (problems.length > 0) throw new Error(`Some pages could not be shown:\n${problems.join('\n')}`);
}

await run();
