/**
 * The one list of PSAs (style "Which way things may look"): outside this folder no file names a vendor. The record
 * is typed by {@link PsaKind}, so a vendor that is named and not listed does not compile.
 */
import { createAutotask } from './autotask/index.ts';
import type { Adapter } from './contract.ts';
import { guardAdapter } from './guard.ts';

/** Every PSA that the product is meant for (req 27), in the order in which they are shown. */
export const psaKinds = ['connectwise', 'autotask', 'bms', 'halo', 'syncro'] as const;
export type PsaKind = (typeof psaKinds)[number];

interface KnownPsa {
  label: string;
  /** Makes the adapter; absent while it is not built. `url` replaces the vendor's own address (design §9). */
  create?: (url?: string) => Adapter;
}

const known: Record<PsaKind, KnownPsa> = {
  connectwise: { label: 'ConnectWise PSA' },
  autotask: { label: 'Autotask', create: (zoneUrl) => createAutotask({ zoneUrl }) },
  bms: { label: 'Kaseya BMS' },
  halo: { label: 'HaloPSA' },
  syncro: { label: 'Syncro' },
};

/** Whether the text names a PSA of the list, built or not. */
export function isPsaKind(text: string): text is PsaKind {
  return (psaKinds as readonly string[]).includes(text);
}

/** All PSAs with the names that people know them by, and whether there is an adapter. */
export function listPsaKinds(): { kind: PsaKind; label: string; isBuilt: boolean }[] {
  return psaKinds.map((kind) => ({
    kind,
    label: known[kind].label,
    isBuilt: known[kind].create !== undefined,
  }));
}

/**
 * The adapters that are built, by kind, each behind the guard of foreign texts. `urls` are the entries of `HERALD_PSA_URLS`.
 * Throws when such a URL is not one that the adapter can use.
 */
export function createAdapters(urls: Partial<Record<PsaKind, string>> = {}): ReadonlyMap<PsaKind, Adapter> {
  const adapters = new Map<PsaKind, Adapter>();
  for (const kind of psaKinds) {
    const adapter = known[kind].create?.(urls[kind]);
    if (adapter) adapters.set(kind, guardAdapter(adapter));
  }
  return adapters;
}
