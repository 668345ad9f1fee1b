"""Lane-aware drawing of BPMN processes: places, routes and labels, independent of any editor."""
