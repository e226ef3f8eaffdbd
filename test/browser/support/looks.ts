/** What every page is looked at for. */
import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';
import type { MailApp } from './mailApp.ts';

/** Axe finds nothing serious outside of frames, which run no scripts, and the page is no wider than its window. */
export async function looksWell(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).exclude('iframe').analyze();
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  expect(serious.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  const beyond = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(beyond).toBeLessThanOrEqual(0);
}

/** In the dark, and on a phone. */
export async function isFit({ open }: Pick<MailApp, 'open'>, address: string): Promise<void> {
  for (const options of [{ colorScheme: 'dark' as const }, { viewport: phone }]) {
    const page = await open(address, options);
    await page.waitForLoadState('networkidle');
    await looksWell(page);
    await page.context().close();
  }
}

export const phone = { width: 360, height: 740 };
