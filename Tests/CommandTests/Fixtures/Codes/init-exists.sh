quietly sluice init shop
show sluice init shop
