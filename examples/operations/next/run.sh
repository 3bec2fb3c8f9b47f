# The slot that prices failed on is tried once more by hand; the others are still due.
sluice run prices --sandbox
sluice resume items --sandbox
sluice run --due --sandbox
sluice status items --sandbox
grep '"event":"recovered".*"flow":"prices"' told.jsonl
