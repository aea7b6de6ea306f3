// Load where each request has a connection of its own, which wrk cannot count as one.
//
//     connections PORT COUNT SECONDS plain|full|resumed ANSWER_SIZE < REQUEST
//
// COUNT connections are open at a time, on one thread. Each does its TLS handshake (`full` without,
// `resumed` with the ticket of an earlier one), sends REQUEST, reads to the end, and must have read
// ANSWER_SIZE bytes of status 200 or it counts as failed. A latency is from connect(2) to the end.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

enum { request_max = 16384, count_max = 4096, latencies_max = 4000000 };

struct connection {
  int descriptor;
  SSL *tls;
  size_t received;
  int has_sent, is_bad;
  double began;
};

static struct sockaddr_in server = {.sin_family = AF_INET};
static char request[request_max];
static size_t request_size, answer_size;
static SSL_CTX *context;  // NULL without TLS
static int resumes;
static SSL_SESSION *session;  // the newest ticket
static struct connection connections[count_max];
static int epoll;
static unsigned *latencies;  // microseconds
static size_t done, failed;

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static int keep_session(SSL *tls, SSL_SESSION *new) {
  (void)tls;
  SSL_SESSION_free(session);
  session = new;
  return 1;  // the reference is ours
}

static void make_context(const char *mode) {
  resumes = !strcmp(mode, "resumed");
  if (!strcmp(mode, "plain")) return;
  context = SSL_CTX_new(TLS_client_method());
  SSL_CTX_set1_groups_list(context, "X25519");
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(context, keep_session);
}

static void begin(struct connection *connection) {
  int on = 1, descriptor = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  *connection = (struct connection){.descriptor = descriptor, .began = now()};
  if (descriptor < 0) fail("socket");
  setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (connect(descriptor, (struct sockaddr *)&server, sizeof server) && errno != EINPROGRESS)
    fail("connect");
  if (context) {
    connection->tls = SSL_new(context);
    SSL_set_fd(connection->tls, descriptor);
    SSL_set_connect_state(connection->tls);
    if (resumes && session) SSL_set_session(connection->tls, session);
  }
  struct epoll_event event = {
      .events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = connection};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event)) fail("epoll_ctl");
}

static void end(struct connection *connection) {
  int is_good = !connection->is_bad && connection->received == answer_size;
  if (connection->tls) {
    // The first connections of a resuming run have no ticket yet.
    if (done >= count_max && SSL_session_reused(connection->tls) != resumes) is_good = 0;
    SSL_shutdown(connection->tls);
    SSL_free(connection->tls);
  }
  close(connection->descriptor);
  if (!is_good) failed++;
  if (done < latencies_max) latencies[done++] = (unsigned)((now() - connection->began) * 1e6);
  begin(connection);
}

static ssize_t receive(struct connection *connection, char *bytes, size_t size) {
  if (!connection->tls) return read(connection->descriptor, bytes, size);
  int count = SSL_read(connection->tls, bytes, (int)size);
  if (count > 0) return count;
  int error = SSL_get_error(connection->tls, count);
  errno = error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE ? EAGAIN : ECONNRESET;
  return error == SSL_ERROR_ZERO_RETURN ? 0 : -1;
}

// Whether the request is on its way.
static int send_request(struct connection *connection) {
  if (connection->has_sent) return 1;
  ssize_t sent = connection->tls
                     ? SSL_write(connection->tls, request, (int)request_size)
                     : send(connection->descriptor, request, request_size, MSG_NOSIGNAL);
  return connection->has_sent = sent == (ssize_t)request_size;
}

static void go_on(struct connection *connection, unsigned events) {
  static const char ok[] = "HTTP/1.1 200";
  static char bytes[65536];
  if (!send_request(connection)) {
    if (!(events & (EPOLLERR | EPOLLHUP | EPOLLRDHUP))) return;
    connection->is_bad = 1;
    end(connection);
    return;
  }
  for (;;) {
    ssize_t count = receive(connection, bytes, sizeof bytes);
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) {
      connection->is_bad |= count < 0;
      end(connection);
      return;
    }
    if (connection->received == 0 && (count < 12 || memcmp(bytes, ok, 12))) connection->is_bad = 1;
    connection->received += (size_t)count;
  }
}

static int compare(const void *left, const void *right) {
  unsigned a = *(const unsigned *)left, b = *(const unsigned *)right;
  return a < b ? -1 : a > b;
}

static unsigned percentile(double share) {
  return done ? latencies[(size_t)((double)(done - 1) * share)] : 0;
}

int main(int count, char **arguments) {
  if (count != 6 || atoi(arguments[2]) > count_max)
    return fprintf(stderr, "usage: connections PORT COUNT SECONDS MODE ANSWER_SIZE\n"), 64;
  server.sin_port = htons((uint16_t)atoi(arguments[1]));
  server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  request_size = fread(request, 1, sizeof request, stdin);
  answer_size = strtoul(arguments[5], NULL, 10);
  latencies = malloc(latencies_max * sizeof *latencies);
  make_context(arguments[4]);
  epoll = epoll_create1(0);
  double began = now(), until = began + atof(arguments[3]);
  for (int i = atoi(arguments[2]); i > 0; i--) begin(&connections[i - 1]);
  while (now() < until && done < latencies_max) {
    struct epoll_event ready[256];
    int some = epoll_wait(epoll, ready, 256, 100);
    for (int i = 0; i < some; i++) go_on(ready[i].data.ptr, ready[i].events);
  }
  double seconds = now() - began;
  qsort(latencies, done, sizeof *latencies, compare);
  printf("{\"requests\":%zu,\"failed\":%zu,\"seconds\":%.6f,\"p50\":%u,\"p99\":%u,\"p99.9\":%u}\n",
         done, failed, seconds, percentile(0.5), percentile(0.99), percentile(0.999));
}
