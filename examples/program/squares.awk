BEGIN { print "n,square"; for (n = 1; n <= 4; n++) print n "," n * n }
