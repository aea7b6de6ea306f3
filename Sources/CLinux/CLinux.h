// The Linux calls that Swift's Glibc module leaves out. Headers only; no logic.
#pragma once

#include <malloc.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

// Declared by glibc under _GNU_SOURCE only, which Swift's importer does not set.
extern int accept4(int, struct sockaddr *, socklen_t *, int);
extern int pthread_setname_np(pthread_t, const char *);
