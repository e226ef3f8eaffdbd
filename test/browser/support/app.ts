/**
 * The whole product for a browser test: a real server in this process, a database of its own, the Autotask simulator,
 * and Chromium with pages that are signed in.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from '@playwright/test';
import { pino } from 'pino';
import { type SimulatorOptions, startAutotaskSimulator } from '../../../simulators/autotask/index.ts';
import { readConfig } from '../../../src/config.ts';
import { freePort } from '../../../src/demo/ports.ts';
import { startHerald } from '../../../src/main.ts';
import { freshDatabase } from '../../freshDatabase.ts';
import type { Api } from '../../harness/connection.ts';
import { apiOf } from '../../harness/setup.ts';
import { openChromium } from './chromium.ts';

export type App = Awaited<ReturnType<typeof openApp>>;

export interface AppOptions {
  simulator?: SimulatorOptions;
}

const apiKey = 'browser-test-key-0123456789-0123456789-0123456789';
const firstPort = 18_080;

/** Starts everything; `close` ends it. */
export async function openApp({ simulator: simulated }: AppOptions = {}) {
  const undo: (() => Promise<unknown>)[] = [];
  const database = await freshDatabase();
  undo.push(() => database.drop());
  const simulator = await startAutotaskSimulator({ companies: 20, ...simulated });
  undo.push(() => simulator.close());
  const dataDir = await mkdtemp(join(tmpdir(), 'herald-browser-'));
  undo.push(() => rm(dataDir, { recursive: true, force: true }));
  const port = await freePort(firstPort + (process.pid % 1_000));
  const config = readConfig({
    HERALD_DATA_DIR: dataDir,
    HERALD_PORT: String(port),
    DATABASE_URL: database.url,
    HERALD_SECRET_KEY: 'browser-test-master-key-0123456789-0123456789',
    HERALD_API_KEY: apiKey,
    HERALD_OUTBOUND_ALLOW: '127.0.0.1',
    HERALD_PSA_URLS: `autotask=${simulator.url}/atservicesrest/v1.0/zoneInformation`,
    HERALD_SETTLE_SECONDS: '8',
  });
  const log = pino({ level: process.env.TEST_LOG ?? 'silent' });
  const herald = await startHerald(config, { log });
  undo.push(() => herald.close());
  const browser = await openChromium();
  undo.push(() => browser.close());
  const { url = '' } = herald;
  const api: Api = apiOf(url, apiKey);

  return {
    url,
    /** The REST API with an administrator's key, to prepare what a test looks at. */
    api,
    simulator,
    database,
    browser,
    /** A page of somebody who is signed in. */
    page: (options: BrowserContextOptions = {}) => openPage(browser, url, options),
    async close() {
      for (const step of undo.reverse()) await step();
    },
  };
}

async function openPage(browser: Browser, url: string, options: BrowserContextOptions): Promise<Page> {
  const context = await browser.newContext({
    baseURL: url,
    viewport: { width: 1280, height: 800 },
    extraHTTPHeaders: { authorization: `Bearer ${apiKey}` },
    ...options,
  });
  const page = await context.newPage();
  await page.route('**/api/session', (route) => route.fulfill({ json: signedIn }));
  page.on('pageerror', (error) => console.error('in the page:', error));

  return page;
}

const signedIn = {
  signedIn: {
    user: { id: 'u1', name: 'Administrator', email: 'admin@msp.example' },
    workspace: { id: 'w1', name: 'Default' },
    workspaces: [{ id: 'w1', name: 'Default', role: 'admin' }],
    role: 'admin',
    secondFactor: { isDemanded: false, isSet: false },
  },
  options: { isFirstStart: false, demo: null, passkeys: true, singleSignOn: [] },
};
