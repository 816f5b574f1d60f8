// TCG-CSR-IDEVID packed field by field (TCG "TPM 2.0 Keys for Device Identity and Attestation" 1.0,
// 13.1), by whoever speaks to a TPM: no TPM makes one itself. Packs whatever it is given, so that
// each field can be wrong on its own.
#pragma once

#include "ca/domain/bytes.h"

#include <cstdint>
#include <optional>
#include <string>

namespace hallmark {

/// csrContents. What is left as it is here is right.
struct TcgCsrContents {
    std::uint32_t version = 0x00000100;
    std::uint32_t hash_algorithm = 0x0000000B;  ///< TPM_ALG_SHA256, or 0C, 0D.
    std::optional<Bytes> hash;                  ///< Another than the one of what follows.
    std::string product_model;
    std::string product_serial;
    Bytes product_ca_data;
    Bytes boot_event_log;
    Bytes ek_certificate;
    Bytes attest_public;
    Bytes creation_ticket;
    Bytes attest_certify_info;
    Bytes attest_certify_signature;
    Bytes signing_public;
    Bytes signing_certify_info;
    Bytes signing_certify_signature;
    std::optional<std::size_t> padding;  ///< Other than what makes the whole sixteens.

    [[nodiscard]] Bytes bytes() const;
};

/// The whole request around contents that were signed.
struct TcgCsrRequest {
    std::uint32_t version = 0x00000100;
    Bytes contents;
    Bytes signature;

    [[nodiscard]] Bytes bytes() const;
};

}  // namespace hallmark
