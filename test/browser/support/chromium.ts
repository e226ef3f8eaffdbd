/** Where Chromium is on this machine, and one that runs for a test file. */
import { existsSync } from 'node:fs';
import { type Browser, chromium } from '@playwright/test';

const usualPlaces = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The system's Chromium, else the one that Playwright has installed; undefined when there is none. */
function findChromium(): string | undefined {
  const places = [process.env.CHROMIUM_PATH ?? '', ...usualPlaces, chromium.executablePath()];
  return places.find((path) => path !== '' && existsSync(path));
}

const path = findChromium();

/** Browser tests run where a Chromium is found. With `REQUIRE_BROWSER=1` a missing one is a failure. */
export const hasBrowser = path !== undefined || process.env.REQUIRE_BROWSER === '1';

if (!hasBrowser)
  console.warn('\nBROWSER TESTS ARE NOT RUN: no Chromium was found. Install one, or set CHROMIUM_PATH.\n');

/** @throws Error when there is no Chromium */
export function openChromium(): Promise<Browser> {
  if (path === undefined)
    throw new Error('REQUIRE_BROWSER is set and no Chromium was found: install one, or set CHROMIUM_PATH.');
  return chromium.launch({
    executablePath: path,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  });
}
