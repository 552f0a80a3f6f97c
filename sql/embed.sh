#!/bin/sh
# Writes Sources/Storage/Migrations.swift from the numbered files beside this script, so that the binary carries its
# schema wherever it is moved. With an argument of "-" it prints the file instead.
set -eu
cd "$(dirname "$0")"

embed() {
    cat <<'HEAD'
// swift-format-ignore-file
// Generated from sql/ by sql/embed.sh; edit the files there and run `make migrations`.

extension Migration {
    /// Every schema file, in order of number.
    static let all: [Migration] = [
HEAD
    for file in [0-9][0-9][0-9][0-9]_*.sql; do
        awk -v file="$file" '
            BEGIN {
                number = substr(file, 1, 4) + 0
                name = substr(file, 6, length(file) - 9)
                printf "        Migration(number: %d, name: \"%s\", sql: #\"\"\"\n", number, name
            }
            { print }
            END { printf "\n\"\"\"#),\n" }
        ' "$file"
    done
    printf '    ]\n}\n'
}

if [ "${1:-}" = "-" ]; then
    embed
else
    embed >../Sources/Storage/Migrations.swift
fi
