project 'writeMode: insert'
folder=$(sluice sandbox status 2>&1 | grep -o '/[^ ]*sluice-[0-9]*-[0-9a-f]*' | head -n 1)
mkdir "$folder" && chmod 777 "$folder"
show sluice sandbox start
rmdir "$folder"
