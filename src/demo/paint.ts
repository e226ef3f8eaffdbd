import { styleText } from 'node:util';

/** What a colour says. */
export type Tone = 'plain' | 'quiet' | 'good' | 'warn' | 'bad' | 'strong';

export type Paint = (tone: Tone, text: string) => string;

const styles = { quiet: 'dim', good: 'green', warn: 'yellow', bad: 'red', strong: 'bold' } as const;

/** Colours where they are wanted; elsewhere the text as it is. */
export function createPaint(isWanted: boolean): Paint {
  if (!isWanted) return (_tone, text) => text;
  return (tone, text) => (tone === 'plain' ? text : styleText(styles[tone], text, { validateStream: false }));
}

/** Only on a terminal, and not when NO_COLOR is set (no-color.org) or the terminal says that it has none. */
export function wantsColour(isTty: boolean, env: Readonly<Record<string, string | undefined>>): boolean {
  return isTty && !env.NO_COLOR && env.TERM !== 'dumb';
}
