show sluice validate
