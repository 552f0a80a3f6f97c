#!/bin/sh
# Prints the schema of a migrated database as sql/schema.sql keeps it: dump.sh CONNINFO. PG_DUMP names the program where
# it is not on the path. What depends on the version of pg_dump or on the date (monthly partitions) must not show.
set -eu
"${PG_DUMP:-pg_dump}" --schema-only --no-owner --no-privileges --schema=switchboard --dbname="$1" | awk '
    /^--/ || /^SET / || /^SELECT pg_catalog\.set_config/ || /^\\(un)?restrict/ { next }
    /^$/ { blank = 1; next }
    { if (blank && printed) print ""; blank = 0; printed = 1; print }
'
