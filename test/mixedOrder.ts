import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Lets the projects of a group take turns, each spread evenly over the whole time, instead of one after the other: a file
 * that keeps a core busy (browser) then mostly runs beside one that waits (store), and no core stands still meanwhile.
 */
export class MixedOrder extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const counts = new Map<string, number>();
    const ranks = new Map<TestSpecification, number>();
    for (const file of sorted) {
      const rank = counts.get(file.project.name) ?? 0;
      ranks.set(file, rank);
      counts.set(file.project.name, rank + 1);
    }
    /** Where it stands in its project, from 0 to 1. */
    const place = (file: TestSpecification) =>
      ((ranks.get(file) ?? 0) + 0.5) / (counts.get(file.project.name) ?? 1);
    return sorted.toSorted((a, b) => groupOf(a) - groupOf(b) || place(a) - place(b));
  }
}

const groupOf = ({ project }: TestSpecification): number => project.config.sequence.groupOrder;
