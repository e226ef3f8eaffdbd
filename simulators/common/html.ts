/** Text that is safe to put into a page as it is. Only `html` and `raw` make one. */
export type Html = { readonly safe: string };

type Part = Html | Html[] | string | number | null | undefined | false;

/** A piece of page. Everything put in is escaped, except what is itself a piece of page. */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Html {
  let safe = strings[0] ?? '';
  parts.forEach((part, at) => {
    safe += render(part) + (strings[at + 1] ?? '');
  });
  return { safe };
}

/** Trusts the text: for style sheets and the like, never for data. */
export function raw(safe: string): Html {
  return { safe };
}

function render(part: Part): string {
  if (part === null || part === undefined || part === false) return '';
  if (Array.isArray(part)) return part.map((one) => one.safe).join('');
  return typeof part === 'object' ? part.safe : escapeHtml(String(part));
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"'`]/g, (letter) => `&#${letter.charCodeAt(0)};`);
}
