import { Paper, Text } from '@mantine/core';

interface Line {
  key: string;
  ok: boolean;
  text: string;
}

interface ChecksProps {
  title: string;
  lines: readonly Line[];
  foot?: string;
}

/** Each right on its own line: it is there, or what is missing and where to allow it. */
export function Checks({ title, lines, foot }: ChecksProps) {
  return (
    <Paper withBorder p="md">
      <Text fw={600}>{title}</Text>
      <ul className="checks">
        {lines.map(({ key, ok, text }) => (
          <li key={key} className={ok ? 'check ok' : 'check'}>
            <span aria-hidden="true">{ok ? '✓' : '✕'}</span>
            <span>
              <span className="unseen">{ok ? 'Passed: ' : 'Failed: '}</span>
              {text}
            </span>
          </li>
        ))}
      </ul>
      {foot && (
        <Text size="sm" className="quiet">
          {foot}
        </Text>
      )}
    </Paper>
  );
}
