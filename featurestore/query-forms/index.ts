export { distinctNames, type NumberValues, type OtherValues, type QueryColumn, queryColumns } from './columns.js';
export { type ArrowModule, type DataFrameModule, toArrowIpc, toDataFrame } from './data-frame.js';
export { writeQueryParquet } from './parquet.js';
export { queryCsv, queryJson } from './text.js';
