const days = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' });

/** A day without a time, such as 2026-11-30. */
export function Day({ on }: { on: string }) {
  return <time dateTime={on}>{days.format(Date.parse(on))}</time>;
}
