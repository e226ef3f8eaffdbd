import type { Answer } from '../common/answers.ts';
import { type Html, html } from '../common/html.ts';
import { pageAnswer, withQuery } from '../common/page.ts';
import type { KeptMail, Mails } from './mails.ts';

const THREADS_PER_PAGE = 50;
/** More of a thread stand on its own page. */
const MAILS_SHOWN = 4;
const name = 'Mailbox';
const places: readonly [string, string][] = [['/', 'Mails']];

/** The pages for people. */
export function page(mails: Mails, method: string, url: URL): Answer {
  if (method !== 'GET' && method !== 'HEAD') return nothing(url, 405);
  if (url.pathname === '/') return listPage(mails, url);
  if (url.pathname === '/thread') return threadPage(mails, url);
  const [, id, part] = /^\/mails\/(\d{1,9})(\/html|\/raw)?$/.exec(url.pathname) ?? [];
  const mail = id === undefined ? undefined : mails.get(Number(id));
  if (!mail) return nothing(url, 404);
  if (part === '/html') return htmlPart(mail);
  if (part === '/raw') return rawPart(mail);
  return mailPage(mails, url, mail);
}

/** The newest threads, with their newest mails; `?to=` an address shows what it got, `?before=` an id goes on. */
function listPage(mails: Mails, url: URL): Answer {
  const to = url.searchParams.get('to');
  const before = Number(url.searchParams.get('before') ?? Number.POSITIVE_INFINITY);
  const newest = mails.newest(to).filter(({ id }) => !(id >= before));
  const threads = [...Map.groupBy(newest, ({ thread }) => thread).values()];
  const shown = threads.slice(0, THREADS_PER_PAGE);
  const older = withQuery(url, { before: String(shown.at(-1)?.[0]?.id ?? 0) });
  const content = html`<h1>${to === null ? 'Mails' : `Mails to ${to}`}</h1>
<p class="dim">${mails.total.toLocaleString('en-US')} received. Nothing of it leaves this machine. Mails about the same ticket stand together.</p>
${
  shown.length === 0
    ? html`<div class="wide empty">No mails yet. They appear here as soon as they are sent.</div>`
    : html`<div class="wide"><table class="stacked">
<thead><tr><th>Received (UTC)</th><th>Subject</th><th>To</th></tr></thead>
${shown.map((thread) => threadRows(thread, url))}
</table></div>`
}
<div class="more">
${url.searchParams.has('before') && html`<a href="${withQuery(url, { before: null })}">Newest</a>`}
${threads.length > shown.length && html`<a href="${older}">Older</a>`}
${to !== null && html`<a href="/">All addresses</a>`}
</div>`;
  return pageAnswer(url, { name, title: 'Mails', places, content });
}

function threadRows(thread: readonly KeptMail[], url: URL): Html {
  const left = thread.length - MAILS_SHOWN;
  const path = `/thread?id=${encodeURIComponent(thread[0]?.thread ?? '')}`;
  return html`<tbody>
${thread.slice(0, MAILS_SHOWN).map((mail) => mailRow(mail, url))}
${left > 0 && html`<tr><td></td><td colspan="2"><a href="${path}">${left} more of this thread</a></td></tr>`}
</tbody>`;
}

const mailRow = ({ id, receivedAt, subject, to }: KeptMail, url: URL): Html => html`<tr>
<td class="tight dim">${timeOf(receivedAt)}</td>
<td><a href="/mails/${id}">${subject}</a></td>
<td><a href="${withQuery(new URL('/', url), { to })}">${to}</a></td>
</tr>`;

function threadPage(mails: Mails, url: URL): Answer {
  const thread = mails.thread(url.searchParams.get('id') ?? '');
  if (thread.length === 0) return nothing(url, 404);
  const content = html`<h1>${thread[0]?.subject ?? ''}</h1>
<p class="dim">${thread.length} mails of one thread, oldest first.</p>
<div class="wide"><table class="stacked">
<thead><tr><th>Received (UTC)</th><th>Subject</th><th>To</th></tr></thead>
<tbody>${thread.map((mail) => mailRow(mail, url))}</tbody>
</table></div>`;
  return pageAnswer(url, { name, title: 'Thread', places, content });
}

function mailPage(mails: Mails, url: URL, mail: KeptMail): Answer {
  const { id, subject, to, receivedAt, parsed, thread, raw } = mail;
  const others = mails.thread(thread).length - 1;
  const path = `/thread?id=${encodeURIComponent(thread)}`;
  const content = html`<p class="dim">From ${parsed.from?.text ?? ''} · to <a href="${withQuery(new URL('/', url), { to })}">${to}</a> · ${timeOf(receivedAt)} UTC${
    others > 0 && html` · <a href="${path}">${others} more of this thread</a>`
  }</p>
<h1>${subject}</h1>
${
  parsed.html
    ? html`<iframe class="mail" title="The mail as a mail program shows it" sandbox="allow-popups allow-popups-to-escape-sandbox" src="/mails/${id}/html"></iframe>`
    : html`<p class="dim">It has no HTML.</p>`
}
<h2>Text</h2>
<div class="card"><p class="text">${parsed.text ?? ''}</p></div>
<h2>Headers</h2>
<div class="wide"><table><tbody>
${parsed.headerLines.map(({ line }) => headerRow(line))}
</tbody></table></div>
<div class="more"><a href="/mails/${id}/raw">As it came, ${raw.length.toLocaleString('en-US')} bytes</a></div>`;
  return pageAnswer(url, { name, title: subject, places, content, policy: "; frame-src 'self'" });
}

function headerRow(line: string): Html {
  const at = line.indexOf(':');
  return html`<tr><th class="tight dim">${line.slice(0, at)}</th><td>${line.slice(at + 1).trim()}</td></tr>`;
}

/** Shown in a frame of its own: no script runs, nothing is loaded, and a link opens elsewhere. */
function htmlPart({ parsed }: KeptMail): Answer {
  const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'";
  return {
    status: 200,
    body: String(parsed.html || '').replace(/<head>/i, '<head><base target="_blank">'),
    contentType: 'text/html; charset=utf-8',
    headers: {
      'content-security-policy': `${policy}; sandbox allow-popups allow-popups-to-escape-sandbox`,
    },
  };
}

const rawPart = ({ raw }: KeptMail): Answer => ({
  status: 200,
  body: raw.toString(),
  contentType: 'text/plain; charset=utf-8',
  headers: { 'content-security-policy': "default-src 'none'", 'x-content-type-options': 'nosniff' },
});

function nothing(url: URL, status: number): Answer {
  const content = html`<h1>Nothing here</h1><p><a href="/">To the mails</a></p>`;
  return { ...pageAnswer(url, { name, title: 'Nothing here', places, content }), status };
}

/** `2026-11-20 08:12:05`, UTC. */
const timeOf = (at: Date): string => at.toISOString().slice(0, 19).replace('T', ' ');
