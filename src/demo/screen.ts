/** Where the demo prints: blocks scroll by, and on a terminal the counters stay on the last line. */
import type { Layout } from './blocks.ts';
import { createPaint, type Paint, wantsColour } from './paint.ts';
import { cut } from './words.ts';

export interface Screen {
  readonly isTty: boolean;
  readonly paint: Paint;
  /** As wide as the terminal is now. */
  layout(): Layout;
  print(...lines: readonly string[]): void;
  /** Sets the line at the bottom; elsewhere than on a terminal nothing happens. */
  status(text: string): void;
  /** Removes that line. */
  end(): void;
}

/** Wide enough for two lines per alert in a file. */
const columnsWithoutTerminal = 150;
const eraseLine = '\r\u001b[2K';

type Out = Pick<NodeJS.WriteStream, 'write'> & { isTTY?: boolean; columns?: number };

export function createScreen(out: Out, env: Readonly<Record<string, string | undefined>>): Screen {
  const isTty = out.isTTY === true && env.TERM !== 'dumb';
  const paint = createPaint(wantsColour(isTty, env));
  let bottom = '';
  const columns = () => (isTty && out.columns ? out.columns : columnsWithoutTerminal);
  const draw = (text: string) => (text === '' ? '' : paint('strong', cut(text, columns() - 1)));

  return {
    isTty,
    paint,
    layout: () => ({ columns: columns() - 1, paint }),
    print(...lines) {
      const text = lines.map((line) => `${line}\n`).join('');
      out.write(bottom === '' ? text : `${eraseLine}${text}${draw(bottom)}`);
    },
    status(text) {
      if (!isTty || text === bottom) return;
      bottom = text;
      out.write(`${eraseLine}${draw(bottom)}`);
    },
    end() {
      if (bottom !== '') out.write(eraseLine);
      bottom = '';
    },
  };
}
