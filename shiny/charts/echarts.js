// The parts of Apache ECharts that the dashboard draws with; `npm run build` makes www/echarts.min.js of it.
import { init, use } from "echarts/core";
import { BarChart, FunnelChart, HeatmapChart, LineChart, SankeyChart } from "echarts/charts";
import { GridComponent, LegendComponent, TooltipComponent, VisualMapContinuousComponent } from "echarts/components";
import { LabelLayout } from "echarts/features";
import { CanvasRenderer } from "echarts/renderers";

use([
  BarChart, FunnelChart, HeatmapChart, LineChart, SankeyChart,
  GridComponent, LegendComponent, TooltipComponent, VisualMapContinuousComponent, LabelLayout, CanvasRenderer
]);

export { init };
