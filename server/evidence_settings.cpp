#include "server/evidence_settings.h"

#include "ca/crypto/der.h"
#include "ca/domain/fault.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace hallmark {
namespace {

void take_oid(const std::string& text, std::string& into) {
    if (text.empty()) return;
    if (!is_oid(text)) throw Fault("[evidence]: no object identifier: " + text);
    into = text;
}

struct ProfileWord {
    std::string_view word;
    PsaProfile profile;
};
constexpr std::array profile_words{ProfileWord{"iot-profile-1", PsaProfile::iot_profile_1},
                                   ProfileWord{"psa-2.0.0", PsaProfile::psa_2_0_0},
                                   ProfileWord{"tfm", PsaProfile::tfm}};

/// "acme tfm 42": vendor, profile, client id.
PsaKeyCaller key_caller(const std::string& text) {
    const Fault unreadable("[evidence]: no vendor, profile and client id: " + text);
    const std::size_t first = text.find(' '), second = text.find(' ', first + 1);
    if (first == std::string::npos || second == std::string::npos || first == 0) throw unreadable;
    const std::string_view word = std::string_view(text).substr(first + 1, second - first - 1);
    const auto* const profile =
        std::find_if(profile_words.begin(), profile_words.end(),
                     [&](const ProfileWord& each) { return each.word == word; });
    std::int64_t client = 0;
    const char* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data() + second + 1, end, client);
    if (profile == profile_words.end() || read.ptr != end || read.ec != std::errc())
        throw unreadable;
    return {.vendor = VendorId(text.substr(0, first)),
            .profile = profile->profile,
            .client_id = client};
}

}  // namespace

FormatSettings evidence_settings(const Config::EvidenceRules& rules, const StatusFile& status) {
    FormatSettings settings;
    take_oid(rules.pkix_arc, settings.pkix.evidence);
    take_oid(rules.pkix_extended_key_usage, settings.pkix.extended_key_usage);
    take_oid(rules.pkix_statement_type, settings.pkix.statement);
    take_oid(rules.applet_extended_key_usage, settings.applet_purpose);
    settings.csr_attribute_syntax = csr_attribute_syntax_from(rules.csr_attribute_syntax).value();
    for (const std::string& vendor : rules.riot_makers)
        settings.riot_makers.insert(VendorId(vendor));
    for (const std::string& vendor : rules.stsafe_session_signers)
        settings.stsafe.session_signers.insert(VendorId(vendor));
    for (const std::string& caller : rules.psa_key_callers)
        settings.psa_key_callers.push_back(key_caller(caller));
    settings.android_status = [&status] { return status.held(); };
    return settings;
}

}  // namespace hallmark
