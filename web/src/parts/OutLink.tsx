import type { ReactNode } from 'react';

const isWeb = (address: string): boolean => /^https?:\/\//i.test(address) && URL.canParse(address);

/** A way out of Herald, in a new tab that learns nothing of us; anything that is no web address is only text. */
export function OutLink({ to, children }: { to: string | null | undefined; children: ReactNode }) {
  if (!to || !isWeb(to)) return children;
  return (
    <a href={to} target="_blank" rel="noreferrer">
      {children}
      <span className="outMark" aria-hidden="true">
        {' '}
        ↗
      </span>
      <span className="unseen"> (opens in a new tab)</span>
    </a>
  );
}
