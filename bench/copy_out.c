// copy_out SQL: runs a COPY … TO STDOUT (FORMAT binary), looks at every field of every row and says how long it took.
// PGDSN says where.
#include <arpa/inet.h>
#include <libpq-fe.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec * 1e-9;
}

int main(int argc, char **argv) {
    if (argc != 2) return 2;
    double began = now();
    const char *dsn = getenv("PGDSN");
    PGconn *connection = PQconnectdb(dsn ? dsn : "");
    PGresult *result = PQexec(connection, argv[1]);
    if (PQresultStatus(result) != PGRES_COPY_OUT) {
        fprintf(stderr, "%s\n", PQerrorMessage(connection));
        return 1;
    }
    PQclear(result);
    long rows = 0;
    uint64_t sum = 0;
    char *message;
    int length, first = 1;
    while ((length = PQgetCopyData(connection, &message, 0)) > 0) {
        const char *at = message + (first ? 19 : 0), *end = message + length;
        first = 0;
        if (end - at >= 2) {
            uint16_t count;
            memcpy(&count, at, 2);
            count = ntohs(count);
            at += 2;
            if (count != 0xffff) {
                rows++;
                for (int i = 0; i < count; i++) {
                    int32_t size;
                    memcpy(&size, at, 4);
                    size = ntohl(size);
                    at += 4;
                    if (size > 0) {
                        sum += (unsigned char)at[0] + (unsigned char)at[size - 1];
                        at += size;
                    }
                }
            }
        }
        PQfreemem(message);
    }
    if (length == -2) {
        fprintf(stderr, "%s\n", PQerrorMessage(connection));
        return 1;
    }
    PQclear(PQgetResult(connection));
    PQfinish(connection);
    fprintf(stderr, "%s", sum == 1 ? "\n" : "");
    printf("seconds %.4f rows %ld\n", now() - began, rows);
    return 0;
}
