import './audit.css';
import { Suspense, useDeferredValue } from 'react';
import { Page } from '../parts/Page.tsx';
import { Skeletons } from '../parts/Skeletons.tsx';
import { AuditFilters } from './AuditFilters.tsx';
import { Chain } from './Chain.tsx';
import { EntryDrawer } from './EntryDrawer.tsx';
import { EntryList } from './EntryList.tsx';
import { ExportMenu } from './ExportMenu.tsx';
import { auditRoute } from './routes.ts';

/** Who changed what, from where, and why. */
export function AuditPage() {
  const { entry, ...filter } = auditRoute.useSearch();
  return (
    <Page
      title="Audit"
      intro="Every change of settings, and what people did by hand. Nothing here can be changed or removed, and nothing is changed without standing here."
      actions={<ExportMenu filter={filter} />}
    >
      <Chain />
      <AuditFilters filter={filter} />
      <Suspense fallback={<Skeletons />}>
        <Deferred filter={filter} />
      </Suspense>
      <EntryDrawer n={entry} />
    </Page>
  );
}

/** While another filter is read, the rows of the one before stay. */
function Deferred({ filter }: { filter: Parameters<typeof EntryList>[0]['filter'] }) {
  const text = JSON.stringify(filter);
  const shown = useDeferredValue(text);
  return (
    <div className={shown === text ? '' : 'isStale'}>
      <EntryList filter={JSON.parse(shown)} />
    </div>
  );
}
