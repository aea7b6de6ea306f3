// The ceiling: a bare epoll loop that sends the same bytes to whoever asks anything.
//
//     ceiling PORT THREADS ANSWER
//
// ANSWER is a file with a whole HTTP response. Each thread has its own listener (SO_REUSEPORT) and
// its own epoll. A request is anything that ends in an empty line; all that one read brings are
// answered by one write. Nothing is parsed, limited or timed: what a server adds, this leaves out.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { ready_max = 512, read_size = 65536, batch_max = 64, descriptor_max = 65536 };

static int port;
static char *batch;  // the answer, batch_max times
static size_t answer_size;
static int closes;  // the answer says `Connection: close`
static unsigned char matched[descriptor_max];  // bytes of the empty line seen, by descriptor

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static void read_answer(const char *path) {
  FILE *file = fopen(path, "rb");
  if (!file) fail(path);
  fseek(file, 0, SEEK_END);
  answer_size = (size_t)ftell(file);
  rewind(file);
  batch = malloc(answer_size * batch_max);
  if (!batch || fread(batch, 1, answer_size, file) != answer_size) fail(path);
  fclose(file);
  for (int i = 1; i < batch_max; i++) memcpy(batch + i * answer_size, batch, answer_size);
  closes = memmem(batch, answer_size, "\r\nConnection: close\r\n", 21) != NULL;
}

static int listener(void) {
  int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), on = 1;
  setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  setsockopt(descriptor, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);  // accepted sockets inherit it
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(descriptor, (struct sockaddr *)&address, sizeof address)) fail("bind");
  if (listen(descriptor, 4096)) fail("listen");
  return descriptor;
}

// How many empty lines (CR LF CR LF) end in these bytes; `state` is carried from read to read.
static size_t requests(const char *bytes, size_t size, unsigned char *state) {
  static const char end[] = "\r\n\r\n";
  size_t count = 0;
  for (size_t i = 0; i < size; i++) {
    *state = bytes[i] == end[*state] ? *state + 1 : bytes[i] == '\r';
    if (*state == 4) count++, *state = 0;
  }
  return count;
}

static int send_answers(int descriptor, size_t count) {
  while (count) {
    size_t some = count < batch_max ? count : batch_max, size = some * answer_size, sent = 0;
    while (sent < size) {
      ssize_t n = write(descriptor, batch + sent, size - sent);
      if (n >= 0) {
        sent += (size_t)n;
      } else if (errno == EAGAIN) {  // the peer is reading: wait for it
        poll(&(struct pollfd){.fd = descriptor, .events = POLLOUT}, 1, -1);
      } else {
        return -1;
      }
    }
    count -= some;
  }
  return 0;
}

static void serve(int descriptor, char *buffer) {
  ssize_t size = read(descriptor, buffer, read_size);
  if (size < 0 && errno == EAGAIN) return;
  size_t count = size > 0 ? requests(buffer, (size_t)size, &matched[descriptor]) : 0;
  if (size <= 0 || send_answers(descriptor, count) || (closes && count)) {
    matched[descriptor] = 0;
    close(descriptor);  // epoll forgets it
  }
}

static void *loop(void *unused) {
  int epoll = epoll_create1(0), listening = listener();
  struct epoll_event ready[ready_max], event = {.events = EPOLLIN, .data.fd = listening};
  char *buffer = malloc(read_size);
  epoll_ctl(epoll, EPOLL_CTL_ADD, listening, &event);
  for (;;) {
    int count = epoll_wait(epoll, ready, ready_max, -1);
    for (int i = 0; i < count; i++) {
      if (ready[i].data.fd != listening) {
        serve(ready[i].data.fd, buffer);
        continue;
      }
      int accepted;
      while ((accepted = accept4(listening, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
        event.data.fd = accepted;
        if (accepted >= descriptor_max || epoll_ctl(epoll, EPOLL_CTL_ADD, accepted, &event))
          close(accepted);
      }
    }
  }
  return unused;
}

int main(int count, char **arguments) {
  if (count != 4) return fprintf(stderr, "usage: ceiling PORT THREADS ANSWER\n"), 64;
  signal(SIGPIPE, SIG_IGN);
  port = atoi(arguments[1]);
  read_answer(arguments[3]);
  pthread_t thread;
  for (int i = atoi(arguments[2]); i > 1; i--) pthread_create(&thread, NULL, loop, NULL);
  loop(NULL);
}
