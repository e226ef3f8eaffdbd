import { describe, expect, it } from 'vitest';
import { countsInWords, noCounts } from './counts.ts';
import { header } from './header.ts';
import { createPaint } from './paint.ts';
import { createScreen } from './screen.ts';

function open(isTTY: boolean, columns = 60) {
  let text = '';
  const write = (piece: string) => {
    text += piece;
    return true;
  };
  const out = { isTTY, columns, write };
  const screen = createScreen(out as never, { NO_COLOR: '1' });
  return { screen, text: () => text };
}

describe('on a terminal', () => {
  it('the counters stay below what is printed', () => {
    const { screen, text } = open(true);
    screen.status('1 alert');
    screen.print('block');
    screen.end();
    expect(text()).toBe('\r\u001b[2K1 alert\r\u001b[2Kblock\n1 alert\r\u001b[2K');
  });

  it('the counters are cut to one line', () => {
    const { screen, text } = open(true, 10);
    screen.status('a very long line');
    expect(text()).toBe('\r\u001b[2Ka very l…');
  });
});

it('in a file there are lines and nothing else', () => {
  const { screen, text } = open(false);
  screen.status('1 alert');
  screen.print('a', 'b');
  screen.end();
  expect(text()).toBe('a\nb\n');
  expect(screen.layout().columns).toBeGreaterThan(100);
});

describe('the counters', () => {
  it('name what is always of interest', () => {
    expect(countsInWords(noCounts())).toBe(
      '0 alerts: 0 tickets, 0 notes, 0 skipped, 0 waiting, 0 unaccounted',
    );
  });

  it('name the rest when there is any, and count what is under way as waiting', () => {
    const counts = { ...noCounts(), sent: 9, underWay: 2 };
    counts.endings = {
      ...counts.endings,
      ticket: 1,
      note: 1,
      duplicate: 1,
      waiting: 1,
      failed: 2,
      unaccounted: 1,
    };
    expect(countsInWords(counts)).toBe(
      '9 alerts: 1 ticket, 1 note, 0 skipped, 3 waiting, 1 unaccounted, 2 failed, 1 duplicate',
    );
  });
});

it('the header says what runs where', () => {
  const place = {
    url: 'http://127.0.0.1:8080',
    apiKey: 'demo-key',
    simulator: { url: 'http://127.0.0.1:9401', pid: 77 },
    mail: { url: 'http://127.0.0.1:9425', pid: 78 },
    directory: '/data/demo',
    isKept: true,
  };
  const text = header(place, { paint: createPaint(false) }).join('\n');
  for (const part of [
    'http://127.0.0.1:8080  the screens, one click signs in',
    'http://127.0.0.1:8080/api/docs',
    `process ${process.pid}`,
    'http://127.0.0.1:9401',
    'process 77',
    'http://127.0.0.1:9425',
    'process 78',
    'demo-key',
    '/data/demo',
    'kept',
    'Ctrl-C',
  ]) {
    expect(text).toContain(part);
  }
});
