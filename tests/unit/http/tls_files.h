// Keys and certificates for doors and their callers on loopback, made afresh for every program.
#pragma once

#include "ca/domain/bytes.h"
#include "tests/support/temp_dir.h"

#include <array>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

namespace hallmark::testing {

template <auto Free>
struct FreedBy {
    template <typename T>
    void operator()(T* object) const noexcept {
        Free(object);
    }
};
using CertificatePtr = std::unique_ptr<X509, FreedBy<X509_free>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, FreedBy<EVP_PKEY_free>>;
using FilePtr = std::unique_ptr<std::FILE, FreedBy<std::fclose>>;

struct Shown {
    std::string certificate_file;
    std::string key_file;
    Digest sha256{};
    Bytes der;
};

/// Self-signed, with subjectAltName `names` ("IP:127.0.0.1,DNS:localhost") and, for size, a comment
/// of `padding` octets.
struct Wanted {
    std::string name;
    std::string names = "IP:127.0.0.1,DNS:localhost";
    std::size_t padding = 0;
};

inline void must(bool succeeded, const char* what) {
    if (!succeeded) throw std::runtime_error(what);
}

inline Shown make_credential(const std::filesystem::path& folder, const Wanted& wanted) {
    const KeyPtr key(EVP_EC_gen("P-256"));
    const CertificatePtr certificate(X509_new());
    X509* raw = certificate.get();
    must(key && certificate, "key");
    must(X509_set_version(raw, 2) == 1, "version");
    must(ASN1_INTEGER_set(X509_get_serialNumber(raw), 7) == 1, "serial");
    X509_gmtime_adj(X509_getm_notBefore(raw), -3600);
    X509_gmtime_adj(X509_getm_notAfter(raw), 3600);
    X509_NAME* name = X509_get_subject_name(raw);
    const auto* text = reinterpret_cast<const unsigned char*>(wanted.name.c_str());
    must(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, text, -1, -1, 0) == 1, "name");
    must(X509_set_issuer_name(raw, name) == 1 && X509_set_pubkey(raw, key.get()) == 1, "issuer");
    const auto add = [&](int nid, const std::string& value) {
        X509V3_CTX context;
        X509V3_set_ctx(&context, raw, raw, nullptr, nullptr, 0);
        X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
        must(extension != nullptr && X509_add_ext(raw, extension, -1) == 1, "extension");
        X509_EXTENSION_free(extension);
    };
    add(NID_subject_alt_name, wanted.names);
    if (wanted.padding > 0) add(NID_netscape_comment, std::string(wanted.padding, 'x'));
    must(X509_sign(raw, key.get(), EVP_sha256()) > 0, "sign");
    Shown shown{(folder / (wanted.name + ".pem")).string(),
                (folder / (wanted.name + ".key")).string(),
                {},
                {}};
    const FilePtr to_certificate(std::fopen(shown.certificate_file.c_str(), "w"));
    const FilePtr to_key(std::fopen(shown.key_file.c_str(), "w"));
    must(PEM_write_X509(to_certificate.get(), raw) == 1, "write certificate");
    must(PEM_write_PrivateKey(to_key.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1,
         "write key");
    unsigned int size = 0;
    must(X509_digest(raw, EVP_sha256(), shown.sha256.data(), &size) == 1, "digest");
    shown.der.resize(static_cast<std::size_t>(i2d_X509(raw, nullptr)));
    unsigned char* cursor = shown.der.data();
    must(i2d_X509(raw, &cursor) > 0, "encode");
    return shown;
}

}  // namespace hallmark::testing
