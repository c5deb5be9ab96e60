// Cost against accuracy as a picture: the planner's curve, and the points of what it stands beside.

import type { PolicyResult, Replay } from './replay.ts';

const WIDTH = 720;
const HEIGHT = 440;
const MARGIN = { left: 70, right: 170, top: 40, bottom: 50 };

/** SVG; cost is on a logarithmic scale where everything costs something. */
export function drawCurve({ curve, tiers, baselines, testCases }: Replay, title: string): string {
  const points = [...curve, ...tiers, ...baselines];
  const isLogarithmic = points.every(({ usdPerThousand }) => usdPerThousand > 0);
  const place = (usd: number): number => (isLogarithmic ? Math.log10(usd) : usd);
  const costs = points.map(({ usdPerThousand }) => place(usdPerThousand));
  const accuracies = points.map(({ accuracy }) => accuracy);
  const x = scale(Math.min(...costs), Math.max(...costs), MARGIN.left, WIDTH - MARGIN.right);
  const y = scale(Math.min(...accuracies), Math.max(...accuracies), HEIGHT - MARGIN.bottom, MARGIN.top);
  const at = ({ usdPerThousand, accuracy }: PolicyResult): readonly [number, number] => [
    x(place(usdPerThousand)),
    y(accuracy),
  ];
  const line = curve
    .map((point) =>
      at(point)
        .map((each) => each.toFixed(1))
        .join(','),
    )
    .join(' ');
  const ticksX = ticks(Math.min(...costs), Math.max(...costs)).map((value) => {
    const usd = isLogarithmic ? 10 ** value : value;
    return text(x(value), HEIGHT - MARGIN.bottom + 18, `$${Number(usd.toPrecision(2))}`, 'middle');
  });
  const ticksY = ticks(Math.min(...accuracies), Math.max(...accuracies)).map((value) =>
    text(MARGIN.left - 8, y(value) + 4, value.toFixed(2), 'end'),
  );
  const dots = (results: readonly PolicyResult[], color: string): string[] =>
    results.map((result) => {
      const [left, top] = at(result);
      return `<circle cx="${left.toFixed(1)}" cy="${top.toFixed(1)}" r="4" fill="${color}"/>${text(left + 7, top + 4, result.policy, 'start')}`;
    });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" font-family="sans-serif" font-size="11">
<rect width="100%" height="100%" fill="white"/>
${text(MARGIN.left, 22, `${title}: ${testCases} cases`, 'start')}
<polyline points="${line}" fill="none" stroke="#2563eb" stroke-width="1.5"/>
${[...dots(tiers, '#2563eb'), ...dots(baselines, '#9ca3af'), ...ticksX, ...ticksY].join('\n')}
${text((WIDTH - MARGIN.right) / 2, HEIGHT - 10, 'US dollars for a thousand calls', 'middle')}
${text(12, MARGIN.top - 12, 'accuracy', 'start')}
</svg>
`;
}

function scale(from: number, to: number, start: number, end: number): (value: number) => number {
  const width = to - from || 1;
  return (value) => start + ((value - from) / width) * (end - start);
}

function ticks(from: number, to: number): number[] {
  return [0, 0.25, 0.5, 0.75, 1].map((share) => from + share * (to - from));
}

function text(left: number, top: number, words: string, anchor: string): string {
  const safe = words.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text x="${left.toFixed(1)}" y="${top.toFixed(1)}" text-anchor="${anchor}">${safe}</text>`;
}
