// What a certification request may not do: it brings a key and the proof that it is held, and none
// of its other words reaches the certificate.
#include "tests/e2e/house_fixture.h"

#include <openssl/x509v3.h>

namespace hallmark {
namespace {

using testing::Bench;
using testing::Standing;
using testing::TestKey;

class CertificationRequest : public testing::HouseTest {
protected:
    static TestKey leaf_of(const Bench& bench) {
        EVP_PKEY_up_ref(bench.leaf.key.get());
        return TestKey(std::shared_ptr<EVP_PKEY>(bench.leaf.key.get(), EVP_PKEY_free));
    }
    static std::string subject_text(X509* certificate) {
        BIO* sink = BIO_new(BIO_s_mem());
        X509_NAME_print_ex(sink, X509_get_subject_name(certificate), 0, XN_FLAG_ONELINE);
        char* text = nullptr;
        const long octets = BIO_get_mem_data(sink, &text);
        std::string out(text, static_cast<std::size_t>(octets));
        BIO_free(sink);
        return out;
    }
    /// Everything of the certificate that is not its number, its key or its time.
    static std::vector<std::string> profile_of(const Bench& bench) {
        std::vector<std::string> profile;
        const Certificate certificate = parse_certificate(bench.certificate()).value();
        for (const Extension& extension : certificate.extensions) {
            const bool of_the_key = extension.oid == "2.5.29.14";
            profile.push_back(extension.oid + (extension.critical ? " critical " : " ") +
                              (of_the_key ? "" : to_hex(extension.value)));
        }
        return profile;
    }
};

TEST_F(CertificationRequest, which_asks_for_more_gets_what_the_policy_says) {
    auto line = station();
    Bench plain(tpms[0]);
    ASSERT_EQ(line.provision(plain).status, 201);

    Bench greedy(tpms[1]);
    greedy.csr = testing::make_csr(
        leaf_of(greedy),
        {.subject = testing::name_of_attributes(
             {{"2.5.4.10", "Example Networks"}, {"2.5.4.3", "gw-4"}, {"2.5.4.5", "admin"}}),
         .extensions = {testing::basic_constraints(true, 3), testing::key_usage({5, 6}),
                        testing::extended_key_usage({"2.5.29.37.0"}),
                        testing::subject_alternative_name({testing::dns_name("bank.example")})},
         .challenge_password = {},
         .attestation = {},
         .algorithm = {}});
    const auto answer = line.provision(greedy);
    ASSERT_EQ(answer.status, 201) << answer.body;

    const Bytes der = greedy.certificate();
    const unsigned char* cursor = der.data();
    const X509Ptr certificate(d2i_X509(nullptr, &cursor, static_cast<long>(der.size())));
    EXPECT_EQ(subject_text(certificate.get()),
              "O = Example Networks, CN = gw-2, serialNumber = gw-2");
    EXPECT_EQ(X509_check_ca(certificate.get()), 0);
    EXPECT_EQ(X509_get_key_usage(certificate.get()), std::uint32_t{KU_DIGITAL_SIGNATURE});
    EXPECT_EQ(X509_get_extended_key_usage(certificate.get()), std::uint32_t{XKU_SSL_CLIENT});
    EXPECT_EQ(X509_get_ext_by_NID(certificate.get(), NID_subject_alt_name, -1), -1);
    EXPECT_EQ(profile_of(greedy), profile_of(plain));
}

TEST_F(CertificationRequest, for_another_key_than_the_attested_one_leaves_nothing) {
    auto line = station();
    Bench bench(tpms[0]);
    ASSERT_EQ(line.open(bench).status, 201);
    bench.csr = testing::make_csr(testing::make_ec_key());
    testing::SoftStation::attest(bench);
    const Standing before = standing();
    EXPECT_EQ(line.issue(bench).status, 422);
    expect_only_a_refusal(before, Reason::evidence_not_accepted, "");
}

TEST_F(CertificationRequest, without_a_true_proof_of_possession_leaves_nothing) {
    auto line = station();
    Bench bench(tpms[0]);
    ASSERT_EQ(line.open(bench).status, 201);
    bench.csr = testing::make_csr(leaf_of(bench), {.subject = testing::empty_name(),
                                                   .extensions = {},
                                                   .challenge_password = {},
                                                   .attestation = {},
                                                   .algorithm = {},
                                                   .break_signature = true});
    testing::SoftStation::attest(bench);
    const Standing before = standing();
    EXPECT_EQ(line.issue(bench).status, 422);
    expect_only_a_refusal(before, Reason::csr_not_accepted, "request: no proof of possession");
}

TEST_F(CertificationRequest, for_the_key_of_another_device_is_refused) {
    auto line = station();
    Bench first(tpms[0]);
    ASSERT_EQ(line.provision(first).status, 201);
    Bench second(tpms[1]);
    EVP_PKEY_up_ref(first.leaf.key.get());
    second.leaf.key = PkeyPtr(first.leaf.key.get());
    ASSERT_EQ(line.open(second).status, 201);
    testing::SoftStation::attest(second);
    const Standing before = standing();
    EXPECT_EQ(line.issue(second).status, 422);
    expect_only_a_refusal(before, Reason::element_not_accepted,
                          "key: known to belong to another holder");
}

TEST_F(CertificationRequest, for_a_second_key_of_a_device_that_has_one_is_refused) {
    auto line = station();
    Bench first(tpms[0]);
    ASSERT_EQ(line.provision(first).status, 201);
    Bench second(tpms[0]);
    ASSERT_EQ(line.open(second).status, 201);
    testing::SoftStation::attest(second);
    const Standing before = standing();
    EXPECT_EQ(line.issue(second).status, 422);
    expect_only_a_refusal(before, Reason::element_not_accepted,
                          "custody: the element has a live credential");
}

TEST_F(CertificationRequest, for_the_key_of_a_station_is_refused) {
    auto line = station();
    Bench bench(tpms[0]);
    const std::string pem = testing::text_of(ground.station_1.key_file);
    BIO* source = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
    bench.leaf.key = PkeyPtr(PEM_read_bio_PrivateKey(source, nullptr, nullptr, nullptr));
    BIO_free(source);
    ASSERT_EQ(line.open(bench).status, 201);
    testing::SoftStation::attest(bench);
    const Standing before = standing();
    EXPECT_EQ(line.issue(bench).status, 422);
    expect_only_a_refusal(before, Reason::element_not_accepted,
                          "key: known to belong to another holder");
}

}  // namespace
}  // namespace hallmark
