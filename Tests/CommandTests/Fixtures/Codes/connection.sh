project 'writeMode: insert'
quietly sluice apply --yes
export DATABASE_URL="postgresql://loader@/shop?host=/nowhere"
show sluice run
