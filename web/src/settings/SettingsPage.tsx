import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Page } from '../parts/Page.tsx';
import { reviewCountQuery } from './email/reviews/queries.ts';

interface SettingsPageProps {
  title: string;
  /** One or two sentences: what this page is for. */
  intro?: ReactNode;
  /** At the right of the title; one of them is the primary action. */
  actions?: ReactNode;
  children: ReactNode;
}

/** Where one can go within the settings; what is below an address belongs to it. */
const places = [
  { to: '/settings/psa', label: 'PSA & Email' },
  { to: '/settings/access', label: 'Access' },
  { to: '/settings/workspace', label: 'Workspace' },
  { to: '/settings/reviews', label: 'Reviews' },
] as const;

/** A page of the settings: the usual frame, with the ways to the other ones above it. */
export function SettingsPage({ children, ...frame }: SettingsPageProps) {
  return (
    <Page {...frame} above={<Places />}>
      {children}
    </Page>
  );
}

/** The router marks the link of the page that is shown, with `aria-current` too. */
function Places() {
  return (
    <nav aria-label="Settings" className="places">
      {places.map(({ to, label }) => (
        <Link key={to} to={to} className="place" activeProps={{ className: 'here' }}>
          {label}
          {to === '/settings/reviews' && <DueReviews />}
        </Link>
      ))}
    </nav>
  );
}

/** How many wait for somebody to look at them; nothing when none does. */
function DueReviews() {
  const { data } = useQuery(reviewCountQuery);
  return data && data.due > 0 ? <> ({data.due} due)</> : null;
}
