#include "server/http/tls.h"

#include "ca/domain/fault.h"

#include <algorithm>
#include <array>
#include <string_view>

#include <openssl/err.h>
#include <openssl/evp.h>

namespace hallmark {
namespace {

struct ContextFree {
    void operator()(SSL_CTX* context) const noexcept { SSL_CTX_free(context); }
};

void check(bool succeeded, const std::string& operation) {
    if (succeeded) return;
    std::array<char, 256> text{};
    const unsigned long code = ERR_get_error();
    ERR_error_string_n(code, text.data(), text.size());
    ERR_clear_error();
    throw Fault(operation + ": " + (code == 0 ? "failed" : text.data()));
}

/// Instead of chain building: a self-signed pin has no chain, and a chain would prove nothing that
/// the pin does not.
int accept_any_certificate(X509_STORE_CTX*, void*) {
    return 1;
}

/// RFC 7301 3.2: a client that offers protocols and not ours gets no_application_protocol. That
/// keeps a connection meant for another service from being answered here.
int select_protocol(SSL*, const unsigned char** out, unsigned char* out_size,
                    const unsigned char* offered, unsigned int offered_size, void*) {
    static constexpr std::string_view ours = "http/1.1";
    unsigned int at = 0;
    while (at < offered_size) {
        const unsigned int size = offered[at];
        if (size == 0 || size > offered_size - at - 1) break;
        const unsigned char* name = offered + at + 1;
        if (size == ours.size() && std::equal(ours.begin(), ours.end(), name)) {
            *out = name;
            *out_size = static_cast<unsigned char>(size);
            return SSL_TLSEXT_ERR_OK;
        }
        at += 1 + size;
    }
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

/// A resumed session would skip the client's certificate, and early data can be played again (RFC
/// 8446 8).
void forget_sessions(SSL_CTX* context) {
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_options(context,
                        SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    check(SSL_CTX_set_num_tickets(context, 0) == 1, "TLS tickets");
    check(SSL_CTX_set_max_early_data(context, 0) == 1, "TLS early data");
    check(SSL_CTX_set_recv_max_early_data(context, 0) == 1, "TLS early data");
}

}  // namespace

SSL_CTX* make_door_context(const DoorOptions& options) {
    std::unique_ptr<SSL_CTX, ContextFree> owned(SSL_CTX_new(TLS_server_method()));
    check(owned != nullptr, "TLS context");
    SSL_CTX* context = owned.get();
    check(SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) == 1, "TLS version");
    check(SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION) == 1, "TLS version");
    check(SSL_CTX_set1_groups_list(context, "X25519:P-256:P-384") == 1, "TLS groups");
    forget_sessions(context);
    SSL_CTX_set_alpn_select_cb(context, select_protocol, nullptr);
    const std::string& certificate = options.tls->certificate_file;
    const std::string& key = options.tls->key_file;
    check(SSL_CTX_use_certificate_chain_file(context, certificate.c_str()) == 1,
          "reading " + certificate);
    check(SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) == 1,
          "reading " + key);
    check(SSL_CTX_check_private_key(context) == 1,
          certificate + " and " + key + " do not belong together");
    if (options.client_certificate) {
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
        SSL_CTX_set_cert_verify_callback(context, accept_any_certificate, nullptr);
        SSL_CTX_set_max_cert_list(context,
                                  static_cast<long>(options.limits.client_certificate_octets));
    }
    return owned.release();
}

std::optional<PeerCertificate> peer_of(const SSL* connection, const std::string& source_address) {
    const X509* shown = SSL_get0_peer_certificate(connection);
    if (shown == nullptr) return std::nullopt;
    PeerCertificate peer;
    const int size = i2d_X509(shown, nullptr);
    check(size > 0, "encoding the peer certificate");
    peer.der.resize(static_cast<std::size_t>(size));
    unsigned char* cursor = peer.der.data();
    check(i2d_X509(shown, &cursor) == size, "encoding the peer certificate");
    check(EVP_Digest(peer.der.data(), peer.der.size(), peer.sha256.data(), nullptr, EVP_sha256(),
                     nullptr) == 1,
          "digest of the peer certificate");
    peer.source_address = source_address;
    return peer;
}

}  // namespace hallmark
