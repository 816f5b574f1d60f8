// A relying party's side of a result, by OpenSSL alone: shares no line with the code that writes
// tokens and key sets.
#pragma once

#include "ca/domain/bytes.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

#include <boost/json.hpp>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

namespace hallmark::testing {

/// Throws std::runtime_error for what is not base64url without padding.
inline std::string octets_of_base64url(std::string text) {
    if (text.find_first_of("+/=") != std::string::npos) throw std::runtime_error("not base64url");
    std::replace(text.begin(), text.end(), '-', '+');
    std::replace(text.begin(), text.end(), '_', '/');
    const std::size_t padding = (4 - text.size() % 4) % 4;
    text.append(padding, '=');
    std::string octets(text.size() / 4 * 3, '\0');
    const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(octets.data()),
                                     reinterpret_cast<const unsigned char*>(text.data()),
                                     static_cast<int>(text.size()));
    if (size < 0) throw std::runtime_error("not base64url");
    octets.resize(static_cast<std::size_t>(size) - padding);
    return octets;
}

using OpensslKey = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

/// RFC 7518 6.2.1, P-256.
inline OpensslKey key_of_jwk(const boost::json::value& jwk) {
    const std::string point = "\x04" + octets_of_base64url(std::string(jwk.at("x").as_string())) +
                              octets_of_base64url(std::string(jwk.at("y").as_string()));
    OSSL_PARAM_BLD* build = OSSL_PARAM_BLD_new();
    OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0);
    OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size());
    OSSL_PARAM* parameters = OSSL_PARAM_BLD_to_param(build);
    EVP_PKEY_CTX* context = EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr);
    EVP_PKEY* key = nullptr;
    const bool is_made = EVP_PKEY_fromdata_init(context) == 1 &&
                         EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, parameters) == 1;
    EVP_PKEY_CTX_free(context);
    OSSL_PARAM_free(parameters);
    OSSL_PARAM_BLD_free(build);
    if (!is_made) throw std::runtime_error("the JWK is no key");
    return {key, EVP_PKEY_free};
}

/// RFC 7518 3.4: ECDSA over P-256 with SHA-256, r and s of 32 octets each.
inline bool is_es256(EVP_PKEY* key, const std::string& message, const std::string& signature) {
    if (signature.size() != 64) return false;
    const auto* raw = reinterpret_cast<const unsigned char*>(signature.data());
    ECDSA_SIG* pair = ECDSA_SIG_new();
    ECDSA_SIG_set0(pair, BN_bin2bn(raw, 32, nullptr), BN_bin2bn(raw + 32, 32, nullptr));
    unsigned char* der = nullptr;
    const int octets = i2d_ECDSA_SIG(pair, &der);
    ECDSA_SIG_free(pair);
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    const bool verifies = EVP_DigestVerifyInit(context, nullptr, EVP_sha256(), nullptr, key) == 1 &&
                          EVP_DigestVerify(context, der, static_cast<std::size_t>(octets),
                                           reinterpret_cast<const unsigned char*>(message.data()),
                                           message.size()) == 1;
    EVP_MD_CTX_free(context);
    OPENSSL_free(der);
    return verifies;
}

/// The payload, where the token is of this key set; nullopt where it is not.
inline std::optional<boost::json::object> read_token(const std::string& token,
                                                     const std::string& key_set,
                                                     const std::string& type = "eat+jwt") {
    const auto first = token.find('.');
    const auto second = token.find('.', first + 1);
    if (second == std::string::npos || token.find('.', second + 1) != std::string::npos)
        return std::nullopt;
    const auto header = boost::json::parse(octets_of_base64url(token.substr(0, first)));
    if (header.at("alg").as_string() != "ES256" || header.at("typ").as_string() != type)
        return std::nullopt;
    const auto keys = boost::json::parse(key_set).at("keys").as_array();
    for (const auto& jwk : keys) {
        if (jwk.at("kid") != header.at("kid")) continue;
        if (!is_es256(key_of_jwk(jwk).get(), token.substr(0, second),
                      octets_of_base64url(token.substr(second + 1))))
            return std::nullopt;
        return boost::json::parse(octets_of_base64url(token.substr(first + 1, second - first - 1)))
            .as_object();
    }
    return std::nullopt;
}

}  // namespace hallmark::testing
