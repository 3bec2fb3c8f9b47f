project 'writeMode: insert, schedule: day'
quietly sluice apply --yes
folder=$'two\nlines'
mkdir "$folder" && mv *.* "$folder"
show sluice export cron -C "$folder"
