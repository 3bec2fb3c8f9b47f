sluice run sales --from 2024-01-01 --to 2024-01-05 --sandbox
# A second time: there is nothing left to do.
sluice run sales --from 2024-01-01 --to 2024-01-05 --sandbox
sluice run invoices --from 2024-01-01 --to 2024-03-15 --step 1m --sandbox
sluice run events --from 2024-01-01 --to 2024-02-29 --step 1w --sandbox
sluice run invoices events --sandbox
