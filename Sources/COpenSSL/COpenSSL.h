// OpenSSL's libssl and libcrypto, and what is a macro there, for Swift. Headers only; no logic.
#pragma once

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

// Constants that OpenSSL composes with macros.
static const uint64_t portolan_SSL_OP_NO_COMPRESSION = SSL_OP_NO_COMPRESSION;
static const uint64_t portolan_SSL_OP_NO_RENEGOTIATION = SSL_OP_NO_RENEGOTIATION;
static const uint64_t portolan_SSL_OP_CIPHER_SERVER_PREFERENCE = SSL_OP_CIPHER_SERVER_PREFERENCE;
static const unsigned long portolan_XN_FLAG_RFC2253 = XN_FLAG_RFC2253;

// Functions that are macros over SSL_CTX_ctrl(3).
static inline int portolan_SSL_CTX_set_min_proto_version(SSL_CTX *context, int version)
{
    return SSL_CTX_set_min_proto_version(context, version);
}

static inline int portolan_SSL_CTX_set_max_proto_version(SSL_CTX *context, int version)
{
    return SSL_CTX_set_max_proto_version(context, version);
}

static inline void portolan_SSL_CTX_set_mode(SSL_CTX *context, long mode)
{
    SSL_CTX_set_mode(context, mode);
}

static inline void portolan_SSL_CTX_clear_mode(SSL_CTX *context, long mode)
{
    SSL_CTX_clear_mode(context, mode);
}

static inline void portolan_SSL_CTX_set_session_cache_mode(SSL_CTX *context, long mode)
{
    SSL_CTX_set_session_cache_mode(context, mode);
}

static inline void portolan_SSL_CTX_set_read_ahead(SSL_CTX *context, int isOn)
{
    SSL_CTX_set_read_ahead(context, isOn);
}

static inline int portolan_SSL_CTX_set1_groups_list(SSL_CTX *context, const char *list)
{
    return (int)SSL_CTX_set1_groups_list(context, list);
}

static inline void portolan_SSL_CTX_set_tlsext_servername_callback(
    SSL_CTX *context, int (*callback)(SSL *, int *, void *))
{
    SSL_CTX_set_tlsext_servername_callback(context, callback);
}

// Functions on stacks, which are macros over OPENSSL_sk_num and its kin.
static inline STACK_OF(X509) *portolan_sk_X509_new_null(void)
{
    return sk_X509_new_null();
}

static inline int portolan_sk_X509_push(STACK_OF(X509) *stack, X509 *certificate)
{
    return sk_X509_push(stack, certificate);
}

static inline void portolan_sk_X509_free(STACK_OF(X509) *stack)
{
    sk_X509_free(stack);
}

static inline int portolan_sk_GENERAL_NAME_num(const GENERAL_NAMES *stack)
{
    return sk_GENERAL_NAME_num(stack);
}

static inline GENERAL_NAME *portolan_sk_GENERAL_NAME_value(const GENERAL_NAMES *stack, int index)
{
    return sk_GENERAL_NAME_value(stack, index);
}
