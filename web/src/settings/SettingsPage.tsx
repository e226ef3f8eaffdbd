import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Page } from '../parts/Page.tsx';

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
        </Link>
      ))}
    </nav>
  );
}
