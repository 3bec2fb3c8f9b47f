# What somebody types, and then what a scheduler calls: prices fails, which a scheduler would see by the exit status.
sluice pause items --reason 'the shop counts its stock' --sandbox
sluice run --due --sandbox && exit 1
sluice run --due --sandbox
sluice status --sandbox
grep '"event":"broken".*"flow":"prices"' told.jsonl
