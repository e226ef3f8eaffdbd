import { Anchor, Code, Mark, Stack, Text } from '@mantine/core';
import type { FieldError } from '../../../api/problem.ts';

interface TemplateMistakeProps {
  id: string;
  text: string;
  error: FieldError;
  /** Puts the cursor there; `at` counts from 0. */
  onGoTo(at: number): void;
}

/** So much is shown before and after the place. */
const around = 24;

/** What is wrong with a template, pointed at in its text. */
export function TemplateMistake({ id, text, error: { message, mistake }, onGoTo }: TemplateMistakeProps) {
  const at = mistake && Math.min(mistake.at, text.length);
  return (
    <Stack gap={4} id={id} role="alert">
      <Text size="xs" className="wrong">
        {at === undefined ? message : `Character ${at + 1}: ${mistake?.what}`}
      </Text>
      {at !== undefined && (
        <Text size="xs">
          <Code className="wraps">
            {at > around && '…'}
            {text.slice(Math.max(0, at - around), at)}
            <Mark color="red">{placeOf(text, at)}</Mark>
            {text.slice(at + placeOf(text, at).length, at + around)}
            {at + around < text.length && '…'}
          </Code>{' '}
          <Anchor component="button" type="button" size="xs" onClick={() => onGoTo(at)}>
            Go there
          </Anchor>
        </Text>
      )}
    </Stack>
  );
}

/** The word that begins there, or the one character; a blank at the end. */
const placeOf = (text: string, at: number): string =>
  /^(\{[{%]|[\w.-]+|.)/su.exec(text.slice(at))?.[0] ?? '\u00a0';
