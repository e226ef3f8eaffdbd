/** One alert as a block of lines. Pure: width and colours come in. */
import type { Paint, Tone } from './paint.ts';
import type { Ending, Story } from './story.ts';
import { clean, column, cut, widthOf } from './words.ts';

export interface BlockAlert {
  /** When it was sent. */
  at: Date;
  source: string;
  severity: string;
  title: string;
  organization: string;
}

export interface Layout {
  columns: number;
  paint: Paint;
}

const timeWidth = 8;
const sourceWidth = 12;
const gap = '  ';
/** Narrow terminals leave the room to the title. */
const narrowColumns = 110;
const wideParts = { severityWidth: 13, organizationWidth: 20 };
const narrowParts = { severityWidth: 8, organizationWidth: 16 };
const indent = ' '.repeat(timeWidth + gap.length);
const leastTitle = 16;

/** Colours mean something: how severe, and whether a person is needed. */
const severityTones: Record<string, Tone> = {
  critical: 'bad',
  high: 'warn',
  medium: 'plain',
  low: 'quiet',
  informational: 'quiet',
};

const endingTones: Record<Ending, Tone> = {
  ticket: 'good',
  note: 'good',
  noTicket: 'quiet',
  duplicate: 'quiet',
  waiting: 'warn',
  held: 'warn',
  rejected: 'bad',
  failed: 'bad',
  unaccounted: 'bad',
};

/** The alert on the first line, its way below it; the link gets a line of its own where it does not fit. */
export function block(alert: BlockAlert, story: Story, layout: Layout): string[] {
  return [headline(alert, layout), ...way(story, layout)];
}

function headline(
  { at, source, severity, title, organization }: BlockAlert,
  { columns, paint }: Layout,
): string {
  const isNarrow = columns < narrowColumns;
  const { severityWidth, organizationWidth } = isNarrow ? narrowParts : wideParts;
  const severityWord = isNarrow && severity === 'informational' ? 'info' : severity;
  const taken = timeWidth + sourceWidth + severityWidth + organizationWidth + 4 * gap.length;
  const titleWidth = Math.max(leastTitle, columns - taken);
  return [
    paint('quiet', timeOf(at)),
    column(source, sourceWidth),
    paint(severityTones[severity] ?? 'plain', column(severityWord, severityWidth)),
    column(title, titleWidth),
    cut(clean(organization), organizationWidth),
  ].join(gap);
}

/** The hour of the day where the person sits. */
export function timeOf(at: Date): string {
  return [at.getHours(), at.getMinutes(), at.getSeconds()]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
}

function way({ steps, ending, link }: Story, { columns, paint }: Layout): string[] {
  const room = Math.max(leastTitle * 2, columns - indent.length);
  const parts = steps.map((step, at) => ({
    text: `→ ${clean(step)}`,
    tone: at === steps.length - 1 ? endingTones[ending] : ('plain' as const),
  }));
  const lines: string[] = [];
  let line = '';
  let width = 0;
  for (const { text, tone } of parts) {
    const shown = cut(text, room);
    if (width > 0 && width + 1 + widthOf(shown) > room) {
      lines.push(line);
      line = '';
      width = 0;
    }
    line += `${width > 0 ? ' ' : ''}${paint(tone, shown)}`;
    width += (width > 0 ? 1 : 0) + widthOf(shown);
  }
  // A link is never cut: people copy it.
  if (link && width + gap.length + widthOf(link) <= room) line += `${gap}${paint('quiet', link)}`;
  else if (link) {
    lines.push(line);
    line = paint('quiet', `  ${link}`);
  }
  return [...lines, line].map((one) => `${indent}${one}`);
}
