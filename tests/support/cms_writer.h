// A detached CMS signature as OpenSSL makes it, for tests: another hand than the reader's.
#pragma once

#include "station/manifest_writer.h"

#include <string>
#include <string_view>

namespace hallmark::testing {

struct CmsChoices {
    bool by_key_identifier = false;
    bool signed_attributes = true;
    bool brings_content = false;
    bool brings_certificates = true;
    const char* digest = "SHA256";
};

/// DER. Throws std::runtime_error.
[[nodiscard]] Bytes sign_cms(std::string_view content, const ExampleVendor& by,
                             const CmsChoices& choices = {});

/// The signature's PEM block, and the list behind it.
[[nodiscard]] std::string signed_csv(const std::string& csv, const ExampleVendor& by,
                                     const CmsChoices& choices = {});
/// Header and a row for each element's first key, lines ended as RFC 4180 has it.
[[nodiscard]] std::string csv_of(const std::vector<ExampleElement>& elements);

}  // namespace hallmark::testing
