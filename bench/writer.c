// writer FILE: commits the batches that `switchboard-bench storage` recorded, by the same statements with the same
// parameters, as fast as libpq can: one pipeline a batch, everything encoded beforehand. PGDSN says where.
//
// The file, integers of 32 bits in this machine's order, texts with their length first: what the session is set to; the
// number of statements, each a name and its SQL; then batch after batch: how many lifecycles it counts for (-1: it is
// not measured), how many statements it sends; each the place of its statement, the number of parameters, and of each
// the length (-1: NULL) and the bytes.
#include <libpq-fe.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PARAMETERS_MAX = 64 };

static PGconn *connection;

static void die(const char *what) {
    fprintf(stderr, "%s: %s\n", what, connection ? PQerrorMessage(connection) : "");
    exit(1);
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec * 1e-9;
}

static const char *at, *end;

static int32_t integer(void) {
    int32_t value;
    if (at + 4 > end) die("the file is cut off");
    memcpy(&value, at, 4);
    at += 4;
    return value;
}

// A copy that ends with a zero byte.
static char *text(void) {
    int32_t length = integer();
    char *copy = calloc(1, length + 1);
    memcpy(copy, at, length);
    at += length;
    return copy;
}

static void expect(PGresult *result, const char *what) {
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) die(what);
    PQclear(result);
}

static int ascending(const void *left, const void *right) {
    double difference = *(const double *)left - *(const double *)right;
    return (difference > 0) - (difference < 0);
}

static void load(const char *path) {
    FILE *file = fopen(path, "rb");
    if (!file) die(path);
    fseek(file, 0, SEEK_END);
    long size = ftell(file);
    rewind(file);
    char *bytes = malloc(size);
    if (fread(bytes, 1, size, file) != (size_t)size) die(path);
    fclose(file);
    at = bytes;
    end = bytes + size;
}

// Sends what the next batch of the file says.
static void send_batch(char **names) {
    static int formats[PARAMETERS_MAX];
    const char *values[PARAMETERS_MAX];
    int lengths[PARAMETERS_MAX];
    int count = integer();
    for (int i = 0; i < count; i++) {
        int statement = integer();
        int parameters = integer();
        if (parameters > PARAMETERS_MAX) die("too many parameters");
        for (int p = 0; p < parameters; p++) {
            formats[p] = 1;
            lengths[p] = integer();
            values[p] = lengths[p] < 0 ? NULL : at;
            if (lengths[p] >= 0) at += lengths[p];
        }
        if (!PQsendQueryPrepared(connection, names[statement], parameters, values, lengths, formats, 1)) die("send");
    }
}

int main(int argc, char **argv) {
    if (argc != 2) die("usage: writer FILE");
    load(argv[1]);
    const char *dsn = getenv("PGDSN");
    connection = PQconnectdb(dsn ? dsn : "");
    if (PQstatus(connection) != CONNECTION_OK) die("connect");
    expect(PQexec(connection, text()), "session");
    int statements = integer();
    char **names = calloc(statements, sizeof *names);
    for (int i = 0; i < statements; i++) {
        names[i] = text();
        expect(PQprepare(connection, names[i], text(), 0, NULL), names[i]);
    }

    static double times[1000000];
    int batches = 0;
    long lifecycles = 0;
    double total = 0;
    while (at < end && batches < 1000000) {
        int counts_for = integer();
        double began = now();
        if (!PQenterPipelineMode(connection)) die("pipeline");
        send_batch(names);
        if (!PQpipelineSync(connection)) die("sync");
        for (;;) {
            PGresult *result = PQgetResult(connection);
            if (!result) continue;
            ExecStatusType status = PQresultStatus(result);
            if (status == PGRES_PIPELINE_SYNC) {
                PQclear(result);
                break;
            }
            expect(result, "commit");
        }
        PQexitPipelineMode(connection);
        if (counts_for < 0) continue;
        times[batches] = now() - began;
        total += times[batches++];
        lifecycles += counts_for;
    }
    if (batches == 0) die("nothing was measured");
    qsort(times, batches, sizeof *times, ascending);
    printf("rate %.1f p50 %.4f p99 %.4f batches %d\n", lifecycles / total, times[batches / 2] * 1e3,
           times[(int)(batches * 0.99)] * 1e3, batches);
    PQfinish(connection);
    return 0;
}
