import '@mantine/charts/styles.css';
import { BarChart } from '@mantine/charts';
import { Text } from '@mantine/core';
import { figure } from '../parts/figures.ts';
import type { SeriesPoint } from './queries.ts';

/** The colours of the states (parts/StateBadge.tsx), the common ones at the bottom. */
const series = [
  { name: 'delivered', label: 'Delivered', color: 'green.6' },
  {
    name: 'skipped',
    label: 'Skipped',
    color: 'light-dark(var(--mantine-color-gray-4), var(--mantine-color-dark-3))',
  },
  {
    name: 'waiting',
    label: 'Waiting',
    color: 'light-dark(var(--mantine-color-gray-7), var(--mantine-color-gray-5))',
  },
  { name: 'held', label: 'Held', color: 'blue.6' },
  { name: 'failed', label: 'Failed', color: 'red.7' },
] as const;

const hour = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });

interface OutcomesProps {
  series: readonly SeriesPoint[];
  isByDay: boolean;
}

/** Deliveries over time, by what became of them; the sums stand below in words too. */
export function Outcomes({ series: points, isByDay }: OutcomesProps) {
  const format = isByDay ? day : hour;
  const data = points.map(({ at, ...counts }) => ({ ...counts, at: format.format(Date.parse(at)) }));
  const sums = series.map(({ name, label }) => ({
    label,
    sum: points.reduce((sum, point) => sum + point[name], 0),
  }));
  return (
    <figure className="chart">
      <div aria-hidden="true">
        <BarChart
          h={220}
          type="stacked"
          data={data}
          dataKey="at"
          series={series.map((one) => ({ ...one }))}
          valueFormatter={figure}
          withLegend
          // In the order of the bars and of the sentence below, not of the alphabet.
          legendProps={{ verticalAlign: 'bottom', itemSorter: null }}
          gridAxis="x"
          tickLine="none"
          yAxisProps={{ allowDecimals: false, width: 44 }}
          barProps={{ isAnimationActive: false }}
          // Room for the upper half of the topmost number.
          barChartProps={{ accessibilityLayer: false, margin: { top: 10 } }}
          maxBarWidth={36}
        />
      </div>
      <Text component="figcaption" size="sm" className="quiet">
        {sums.map(({ label, sum }) => `${label} ${figure(sum)}`).join(' · ')}, by the{' '}
        {isByDay ? 'day' : 'hour'} in which alerts came in.
      </Text>
    </figure>
  );
}
