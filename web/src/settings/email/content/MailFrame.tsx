import { useMemo } from 'react';
import { styleNonce } from '../../../app/nonce.ts';
import { mailDocument } from './mailDocument.ts';

/** A mail as mail programs show it: in a frame that runs nothing, loads nothing and leads nowhere. */
export function MailFrame({ html, title }: { html: string; title: string }) {
  const page = useMemo(() => mailDocument(html, styleNonce), [html]);
  return <iframe title={title} className="mailFrame" sandbox="" srcDoc={page} />;
}
