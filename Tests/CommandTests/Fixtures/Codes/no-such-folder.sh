show sluice -C shpo plan
