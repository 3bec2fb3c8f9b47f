#!/bin/sh
# Writes a CSV of made-up orders to standard output: sh make-orders.sh [ROWS]
# The same rows, byte for byte, on every machine: the random numbers are its own (Park and Miller's, with a fixed seed).
set -eu
LC_ALL=C awk -v rows="${1:-12000}" '
  function random(n) { seed = (seed * 16807) % 2147483647; return seed % n }
  function pick(list) { return list[1 + random(list["count"])] }
  function choices(list, text,   count) { count = split(text, list, "|"); list["count"] = count }
  function days(month) { return month == 2 ? 29 : month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31 }

  BEGIN {
    seed = 20240101
    choices(first, "Anna|Ben|Clara|David|Eva|František|Grace|Håkon|Ivana|Jürgen|Klára|Léa|Marek|Noémie|Oskar|Petra")
    choices(last, "Novák|Müller|Smith|Kowalski|Dubois|Hansen|Weber|Svoboda|O\047Brien|Meier|Nowak|Berg")
    choices(country, "CZ|CZ|CZ|DE|DE|DE|AT|CH|FR|FR|GB|GB|NO|PL|PL")
    choices(note, "|||||\"\"|gift|\"Leave it at the back door, please\"|\"Call \"\"before\"\" delivery\"|" \
      "\"Second floor,~bell on the left\"")
    count = split("AT EUR CH CHF CZ CZK DE EUR FR EUR GB GBP NO NOK PL PLN", pairs, " ")
    for (i = 1; i < count; i += 2) currency[pairs[i]] = pairs[i + 1]
    count = split("EUR 1 CHF 1 GBP 0.85 CZK 25 NOK 11.5 PLN 4.3", pairs, " ")
    for (i = 1; i < count; i += 2) per_euro[pairs[i]] = pairs[i + 1]

    print "order_id,customer,email,country,postcode,currency,amount,placed_at,note"
    month = 1; day = 1; minute = 0
    for (i = 1; i <= rows; i++) {
      minute += 1 + random(86)  # 12,000 orders fill a year
      while (minute >= 1440) {
        minute -= 1440
        if (++day > days(month)) { day = 1; if (++month > 12) month = 1 }
      }
      given = pick(first); family = pick(last); code = pick(country)
      customer = random(5) ? given " " family : "\"" family ", " given "\""
      email = random(20) ? sprintf("customer%04d@example.com", random(4000)) : ""
      cents = 300 + random(20000)
      if (!random(50)) cents *= 40
      amount = cents / 100 * per_euro[currency[code]]
      postcode = random(100000); second = random(60); remark = pick(note)
      gsub(/~/, "\n", remark)
      printf "%d,%s,%s,%s,%05d,%s,%.2f,2024-%02d-%02dT%02d:%02d:%02dZ,%s\n", 100000 + i, customer, email, code,
        postcode, currency[code], amount, month, day, int(minute / 60), minute % 60, second, remark
    }
  }'
