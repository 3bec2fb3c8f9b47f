SELECT flow, status, rows_inserted, slot IS NOT NULL AS for_slot, message FROM sales._sluice_loads ORDER BY flow, finished;
