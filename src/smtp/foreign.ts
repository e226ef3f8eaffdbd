/** Servers' words, fit to be kept and shown. */

const mostCharacters = 300;

/**
 * A reply in one line: without control and format characters (a reply could else turn text around on a screen), without
 * the code before each line but the first, without what must not be repeated, cut at 300 characters.
 */
export function oneLine(reply: string, secrets: readonly string[] = []): string {
  const lines = reply.slice(0, 4 * mostCharacters).split(/\r?\n/);
  const code = /^(\d{3})[ -]/.exec(lines[0] ?? '')?.[1];
  const joined = lines
    .map((line) => (code && line.startsWith(code) ? line.slice(code.length + 1) : line))
    .join(' ')
    .replace(/[\p{C}\p{Z}]+/gu, ' ')
    .trim();
  const text = secrets.reduce((rest, secret) => rest.replaceAll(secret, '***'), joined);
  const whole = code ? `${code} ${text}`.trim() : text;
  const characters = [...whole];
  return characters.length <= mostCharacters ? whole : `${characters.slice(0, mostCharacters - 1).join('')}…`;
}

/** The password in the forms in which a server could repeat it. */
export function secretsOf(signIn: { user: string; password: string } | undefined): string[] {
  if (!signIn) return [];
  const { user, password } = signIn;
  const base64 = (text: string) =>
    Buffer.from(text)
      .toString('base64')
      .replace(/={1,2}$/, '');
  const forms = [password, base64(password), base64(`\0${user}\0${password}`)];
  // Less is no secret that could be hidden: it stands in ordinary words.
  return forms.filter((form) => form.length >= 4);
}
