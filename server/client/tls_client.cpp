#include "server/client/tls_client.h"

#include <array>

#include <openssl/err.h>
#include <openssl/x509v3.h>

namespace hallmark {
namespace {

[[noreturn]] void throw_tls_fault(const std::string& operation) {
    std::array<char, 256> text{};
    const unsigned long code = ERR_get_error();
    ERR_error_string_n(code, text.data(), text.size());
    ERR_clear_error();
    throw ClientFault(operation + ": " + (code == 0 ? "failed" : text.data()));
}

void check(bool succeeded, const std::string& operation) {
    if (!succeeded) throw_tls_fault(operation);
}

struct ContextFree {
    void operator()(SSL_CTX* context) const noexcept { SSL_CTX_free(context); }
};

}  // namespace

SSL_CTX* make_client_context(const ClientOptions& options) {
    std::unique_ptr<SSL_CTX, ContextFree> owned(SSL_CTX_new(TLS_client_method()));
    check(owned != nullptr, "TLS context");
    SSL_CTX* context = owned.get();
    check(SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) == 1, "TLS version");
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
    check(SSL_CTX_load_verify_file(context, options.ca_file.c_str()) == 1,
          "reading the CA " + options.ca_file);
    // The given file is the anchor, whether it is a root, an intermediate or the server's own
    // certificate.
    check(X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context), X509_V_FLAG_PARTIAL_CHAIN) == 1,
          "verification flags");
    static constexpr std::array<unsigned char, 9> protocols{8,   'h', 't', 't', 'p',
                                                            '/', '1', '.', '1'};
    check(SSL_CTX_set_alpn_protos(context, protocols.data(), protocols.size()) == 0, "ALPN");
    if (!options.credential_file.empty()) {
        check(SSL_CTX_use_certificate_chain_file(context, options.credential_file.c_str()) == 1,
              "reading the credential " + options.credential_file);
        check(SSL_CTX_use_PrivateKey_file(context, options.key_file.c_str(), SSL_FILETYPE_PEM) == 1,
              "reading the key " + options.key_file);
        check(SSL_CTX_check_private_key(context) == 1, "credential and key do not belong together");
    }
    return owned.release();
}

void expect_server(SSL* connection, const ServerName& server) {
    if (server.is_address) {
        X509_VERIFY_PARAM* rules = SSL_get0_param(connection);
        check(X509_VERIFY_PARAM_set1_ip_asc(rules, server.host.c_str()) == 1, "server address");
        return;
    }
    // RFC 9525 6.2: only subjectAltName counts, and a wildcard is a whole left-most label.
    SSL_set_hostflags(connection,
                      X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
    check(SSL_set1_host(connection, server.host.c_str()) == 1, "server name");
    check(SSL_set_tlsext_host_name(connection, server.host.c_str()) == 1, "server name indication");
}

}  // namespace hallmark
