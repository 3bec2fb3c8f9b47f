touch file
show sluice init file/shop
