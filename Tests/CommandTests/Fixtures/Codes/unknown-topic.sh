show sluice explain deleteMising
