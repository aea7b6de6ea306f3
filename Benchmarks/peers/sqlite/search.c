// SQLite FTS5 in memory as a peer of the search: search ROWS QUERIES ROUNDS words|prefixes|trigrams
//
// ROWS has a row on each line: port, service, name, description and aliases between tabs. QUERIES
// has a question on each line, %20 between its words. The tables and the statement are prepared
// before the clock starts; what is timed is binding, ranking, and reading twenty rows.
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { line_max = 65536, queries_max = 10000, columns = 5 };

static sqlite3 *database;
static char *queries[queries_max];
static int query_count;

static void check(int status) {
  if (status == SQLITE_OK || status == SQLITE_DONE || status == SQLITE_ROW) return;
  fprintf(stderr, "%s\n", sqlite3_errmsg(database));
  exit(1);
}

static FILE *open_or_end(const char *path) {
  FILE *file = fopen(path, "r");
  if (!file) perror(path), exit(1);
  return file;
}

static sqlite3_stmt *prepare(const char *text) {
  sqlite3_stmt *statement = NULL;
  check(sqlite3_prepare_v3(database, text, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL));
  return statement;
}

static int load(const char *path, int has_trigrams) {
  static char line[line_max];
  int count = 0;
  FILE *file = open_or_end(path);
  check(sqlite3_exec(
      database,
      has_trigrams ? "CREATE VIRTUAL TABLE rows USING fts5(port UNINDEXED, service, name, "
                     "description, aliases, tokenize = 'trigram')"
                   : "CREATE VIRTUAL TABLE rows USING fts5(port UNINDEXED, service, name, "
                     "description, aliases, prefix = '2 3 4')",
      NULL, NULL, NULL));
  check(sqlite3_exec(database, "BEGIN", NULL, NULL, NULL));
  sqlite3_stmt *insert = prepare("INSERT INTO rows VALUES (?, ?, ?, ?, ?)");
  while (fgets(line, sizeof line, file)) {
    char *rest = line;
    line[strcspn(line, "\n")] = 0;
    for (int column = 1; column <= columns; column++) {
      char *cell = strsep(&rest, "\t");
      check(sqlite3_bind_text(insert, column, cell ? cell : "", -1, SQLITE_TRANSIENT));
    }
    check(sqlite3_step(insert));
    check(sqlite3_reset(insert));
    count++;
  }
  check(sqlite3_finalize(insert));
  check(sqlite3_exec(database, "COMMIT", NULL, NULL, NULL));
  check(sqlite3_exec(database, "INSERT INTO rows(rows) VALUES ('optimize')", NULL, NULL, NULL));
  fclose(file);
  return count;
}

// Every word as a string of FTS5's own grammar, so that none is an operator.
static void read_queries(const char *path, int has_prefixes) {
  static char line[line_max];
  FILE *file = open_or_end(path);
  while (query_count < queries_max && fgets(line, sizeof line, file)) {
    char *written = malloc(2 * strlen(line) + 16), *end = written, *rest = line;
    line[strcspn(line, "\n")] = 0;
    while (rest) {
      char *next = strstr(rest, "%20");
      if (next) *next = 0, next += 3;
      end += sprintf(end, "\"%s\"%s ", rest, has_prefixes ? "*" : "");
      rest = next;
    }
    queries[query_count++] = written;
  }
  fclose(file);
}

int main(int count, char **arguments) {
  if (count != 5) return fprintf(stderr, "usage: search ROWS QUERIES ROUNDS WAY\n"), 64;
  int rounds = atoi(arguments[3]), found = 0, answered = 0;
  check(sqlite3_open(":memory:", &database));
  int rows = load(arguments[1], !strcmp(arguments[4], "trigrams"));
  read_queries(arguments[2], !strcmp(arguments[4], "prefixes"));
  sqlite3_stmt *select = prepare(
      "SELECT port, service, name, description, aliases FROM rows WHERE rows MATCH ? "
      "ORDER BY rank LIMIT 20");
  struct timespec began, ended;
  clock_gettime(CLOCK_MONOTONIC, &began);
  for (int round = 0; round < rounds; round++) {
    for (int query = 0; query < query_count; query++) {
      int status, before = found;
      check(sqlite3_bind_text(select, 1, queries[query], -1, SQLITE_STATIC));
      while ((status = sqlite3_step(select)) == SQLITE_ROW) {
        for (int column = 0; column < columns; column++) sqlite3_column_text(select, column);
        found++;
      }
      check(status);
      check(sqlite3_reset(select));
      answered += found > before;
    }
  }
  clock_gettime(CLOCK_MONOTONIC, &ended);
  double seconds =
      (double)(ended.tv_sec - began.tv_sec) + (double)(ended.tv_nsec - began.tv_nsec) * 1e-9;
  printf("{\"rows\":%d,\"queries\":%d,\"answered\":%d,\"microseconds\":%.3f}\n", rows, query_count,
         answered / rounds, seconds * 1e6 / rounds / query_count);
}
