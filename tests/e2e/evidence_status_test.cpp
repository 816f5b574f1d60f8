// `hallmark evidence verify --status`: a vendor's revocation list on the command line.
#include "ca/crypto/certificate.h"
#include "ca/json/json.h"
#include "server/evidence_commands.h"
#include "station/simulator/soft_android.h"
#include "tests/support/temp_dir.h"

#include <fstream>
#include <sstream>

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace hallmark {
namespace {

using testing::TempDir;

const Instant today = from_rfc3339("2026-11-23T12:00:00Z").value();

struct Outcome {
    int status = 0;
    std::string out;
    std::string err;
};

Outcome run(const EvidenceVerifyArguments& arguments) {
    std::ostringstream out, err;
    const int status = evidence_verify(arguments, out, err);
    return {status, out.str(), err.str()};
}

/// A vendor that publishes what it has revoked.
class StatusOption : public ::testing::Test {
protected:
    StatusOption() {
        SoftKeyDescription description;
        description.challenge = Bytes(32, 7);
        const std::vector<Bytes> chain = device.attest(spki_of(soft_p256_key().get()), description);
        serial = to_hex(parse_certificate(chain[1])->serial);
        boost::json::object document;
        document["format"] = "android-key";
        boost::json::array list;
        for (const Bytes& certificate : chain)
            list.emplace_back(to_base64(certificate));
        document["chain"] = std::move(list);
        write("evidence.json", canonical_json(document));
        write("root.pem", to_pem(google.root(), "CERTIFICATE"));
        given.format = "android-key";
        given.roots = file("root.pem");
        given.evidence = file("evidence.json");
        given.nonce = to_hex(description.challenge);
        given.now = today;
    }
    [[nodiscard]] std::string file(const char* name) const { return (dir.path() / name).string(); }
    void write(const char* name, const std::string& text) {
        std::ofstream(file(name), std::ios::binary) << text;
    }
    Outcome with_list(const std::string& list) {
        write("status.json", list);
        given.status = file("status.json");
        return run(given);
    }

    TempDir dir;
    SoftGoogle google;
    SoftAndroid device{google};
    std::string serial;
    EvidenceVerifyArguments given;
};

TEST_F(StatusOption, that_is_not_given_is_said_in_the_claims) {
    const Outcome outcome = run(given);
    ASSERT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_EQ(parse_json(outcome.out).value().at("revocation").as_string(), "unchecked");
}

TEST_F(StatusOption, decides) {
    const Outcome clean = with_list(R"({"entries": {}})");
    ASSERT_EQ(clean.status, 0) << clean.err;
    const auto claims = parse_json(clean.out).value().as_object();
    EXPECT_FALSE(claims.contains("revocation"));
    EXPECT_EQ(claims.at("detail").at("revocation").as_string(), "checked");
    const Outcome revoked =
        with_list(R"({"entries": {")" + serial + R"(": {"status": "REVOKED"}}})");
    EXPECT_EQ(revoked.status, 3);
    EXPECT_NE(revoked.err.find("revocation: REVOKED"), std::string::npos) << revoked.err;
}

TEST_F(StatusOption, that_is_no_list_or_meets_a_format_without_one_is_misuse) {
    const Outcome broken = with_list("{}");
    EXPECT_EQ(broken.status, 2);
    EXPECT_NE(broken.err.find("status list: no entries"), std::string::npos) << broken.err;
    given.format = "yubikey-piv";
    const Outcome other = with_list(R"({"entries": {}})");
    EXPECT_EQ(other.status, 2);
    EXPECT_NE(other.err.find("has no revocation list"), std::string::npos) << other.err;
}

}  // namespace
}  // namespace hallmark
