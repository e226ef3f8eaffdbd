/** The first lines of the demo: what runs where, and how to end it. Pure. */
import type { Paint } from './paint.ts';
import { simulatedPsa } from './simulatedPsa.ts';

export interface Place {
  url: string;
  apiKey: string;
  simulator: { url: string; pid: number };
  mail: { url: string; pid: number };
  directory: string;
  isKept: boolean;
}

export function header(place: Place, { paint }: { paint: Paint }): string[] {
  const { url, apiKey, simulator, mail, directory, isKept } = place;
  const rows: [string, string, string][] = [
    ['Herald', url, `the screens, one click signs in; process ${process.pid}`],
    [simulatedPsa.label, simulator.url, `simulated, process ${simulator.pid}`],
    ['Mailbox', mail.url, `gets every mail, process ${mail.pid}`],
    ['API', `${url}/api/docs`, 'after that click'],
    ['API key', apiKey, ''],
    ['Data, log', directory, isKept ? 'kept' : 'removed at the end'],
    ['To stop', 'Ctrl-C', 'ends everything in order'],
  ];
  const wide = Math.max(...rows.slice(0, 3).map(([, where]) => where.length));
  return [
    paint('strong', 'Herald demo'),
    ...rows.map(([what, where, remark]) =>
      `  ${what.padEnd(10)}  ${where.padEnd(remark ? wide : 0)}  ${paint('quiet', remark)}`.trimEnd(),
    ),
  ];
}
