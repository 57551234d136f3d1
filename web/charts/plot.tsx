import type { ScaleContinuousNumeric } from 'd3-scale';

/** A scale from data to pixels, with ticks. */
export type Scale = ScaleContinuousNumeric<number, number>;

/** Where the data is drawn inside the picture, in pixels. */
export interface PlotArea {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Axis below the plot, with its name. */
export function BottomAxis({ scale, area, name, count = 6 }: AxisProps) {
  const ticks = scale.ticks(count);
  const format = scale.tickFormat(count);
  return (
    <g class="axis">
      <line x1={area.left} x2={area.right} y1={area.bottom} y2={area.bottom} />
      {ticks.map((tick) => (
        <g key={tick} transform={`translate(${scale(tick)},${area.bottom})`}>
          <line y2={5} />
          <text y={18} text-anchor="middle">
            {format(tick)}
          </text>
        </g>
      ))}
      <text class="axis-name" x={(area.left + area.right) / 2} y={area.bottom + 36} text-anchor="middle">
        {name}
      </text>
    </g>
  );
}

/** Axis left of the plot, with its name and grid lines. */
export function LeftAxis({ scale, area, name, count = 5 }: AxisProps) {
  const ticks = scale.ticks(count);
  const format = scale.tickFormat(count);
  const middle = (area.top + area.bottom) / 2;
  return (
    <g class="axis">
      {ticks.map((tick) => (
        <g key={tick} transform={`translate(0,${scale(tick)})`}>
          <line class="grid" x1={area.left} x2={area.right} />
          <text x={area.left - 8} dy="0.32em" text-anchor="end">
            {format(tick)}
          </text>
        </g>
      ))}
      <text class="axis-name" x={14} y={middle} text-anchor="middle" transform={`rotate(-90 14 ${middle})`}>
        {name}
      </text>
    </g>
  );
}

interface AxisProps {
  readonly scale: Scale;
  readonly area: PlotArea;
  /** With its unit. */
  readonly name: string;
  /** About so many ticks. */
  readonly count?: number;
}
