#include "server/config/config.h"

#include "tests/support/temp_dir.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hallmark {
namespace {

using ::testing::HasSubstr;

constexpr const char* smallest = R"(node = "north"
[database]
conninfo = "host=/run/postgresql dbname=hallmark user=hallmark_server"
[hsm]
module = "/usr/lib/softhsm/libsofthsm2.so"
token = "factory"
pin_file = "secrets/pin"
[doors.factory]
certificate = "tls/door.pem"
key = "tls/door.key"
[doors.office]
certificate = "tls/door.pem"
key = "tls/door.key"
)";

Result<Config> read(const std::string& text) {
    return parse_config(text, "/etc/hallmark");
}

TEST(Config, fills_in_what_the_contract_says) {
    const auto config = read(smallest);
    ASSERT_TRUE(config) << config.error().detail;
    EXPECT_EQ(config->node, "north");
    EXPECT_EQ(config->factory.port, 8443);
    EXPECT_EQ(config->office.port, 8445);
    EXPECT_EQ(config->publishing.port, 8080);
    EXPECT_EQ(config->ops.port, 9464);
    EXPECT_EQ(config->factory.address, "127.0.0.1");
    EXPECT_FALSE(config->field);
    EXPECT_EQ(config->evidence.csr_attribute_syntax, "2026");
    EXPECT_EQ(config->workers.seats, 64u);
    EXPECT_EQ(config->database.migrate_conninfo, config->database.conninfo);
}

TEST(Config, resolves_paths_against_its_own_folder) {
    const auto config = read(smallest);
    ASSERT_TRUE(config) << config.error().detail;
    EXPECT_EQ(config->hsm.pin_file, "/etc/hallmark/secrets/pin");
    EXPECT_EQ(config->factory.certificate, "/etc/hallmark/tls/door.pem");
    EXPECT_EQ(config->hsm.module, "/usr/lib/softhsm/libsofthsm2.so");
}

TEST(Config, takes_every_key_that_it_names) {
    const auto config = read(std::string(smallest) + R"([doors.field]
address = "10.0.0.1"
port = 0
certificate = "f.pem"
key = "f.key"
hosts = ["ca.example:8444", "ca.example"]
connections = 12
[doors.public]
port = 80
[doors.ops]
address = "::1"
[hsm.environment]
SOFTHSM2_CONF = "/var/lib/hallmark/softhsm2.conf"
[workers]
seats = 8
threads = 3
[challenge]
lifetime_s = 120
per_station = 5
[installation]
confirm_within_s = 10
sweep_limit = 3
[evidence]
android_status_list = "lists/android.json"
android_status_max_age_s = 86400
pkix_arc = "1.3.6.1.5.5.7.99"
pkix_extended_key_usage = "1.3.6.1.5.5.7.3.99"
pkix_statement_type = "1.2.5"
csr_attribute_syntax = "2025"
applet_extended_key_usage = "1.3.6.1.5.5.7.3.98"
riot_makers = ["acme"]
stsafe_session_signers = ["bolt"]
psa_key_callers = ["acme tfm 42"]
[crl]
interval_s = 60
validity_s = 120
base_url = "http://pki.example"
[results]
key = "pkcs11:object=results-1"
public_key = "results-1.pem"
[proposals]
lifetime_s = 3600
open_per_operator = 5
[imports]
spool = "/var/spool/hallmark"
max_octets = 4096
spool_octets = 8192
queue = 3
[log]
level = "debug"
file = "log/hallmark.jsonl"
[limits]
body_octets = 2048
refusals_per_minute = 2
misuse_per_hour = 3
suspect_elements = 4
clock_disagreement_s = 5
drain_s = 5
)");
    ASSERT_TRUE(config) << config.error().detail;
    ASSERT_TRUE(config->field);
    EXPECT_EQ(config->field->port, 0);
    EXPECT_EQ(config->field->hosts, (std::vector<std::string>{"ca.example:8444", "ca.example"}));
    EXPECT_EQ(config->field->connections, 12u);
    EXPECT_EQ(config->publishing.port, 80);
    EXPECT_EQ(config->ops.address, "::1");
    ASSERT_EQ(config->hsm.environment.size(), 1u);
    EXPECT_EQ(config->hsm.environment[0].second, "/var/lib/hallmark/softhsm2.conf");
    EXPECT_EQ(config->workers.threads, 3u);
    EXPECT_EQ(config->challenge.lifetime, std::chrono::seconds(120));
    EXPECT_EQ(config->installation.sweep_limit, 3u);
    EXPECT_EQ(config->evidence.android_status_list, "/etc/hallmark/lists/android.json");
    EXPECT_EQ(config->evidence.android_status_max_age, std::chrono::hours(24));
    EXPECT_EQ(config->evidence.pkix_arc, "1.3.6.1.5.5.7.99");
    EXPECT_EQ(config->evidence.pkix_extended_key_usage, "1.3.6.1.5.5.7.3.99");
    EXPECT_EQ(config->evidence.applet_extended_key_usage, "1.3.6.1.5.5.7.3.98");
    EXPECT_EQ(config->evidence.riot_makers, std::vector<std::string>{"acme"});
    EXPECT_EQ(config->evidence.stsafe_session_signers, std::vector<std::string>{"bolt"});
    EXPECT_EQ(config->evidence.psa_key_callers, std::vector<std::string>{"acme tfm 42"});
    EXPECT_EQ(config->crl.base_url, "http://pki.example");
    EXPECT_EQ(config->evidence.csr_attribute_syntax, "2025");
    EXPECT_EQ(config->evidence.pkix_statement_type, "1.2.5");
    EXPECT_EQ(config->results.key, "pkcs11:object=results-1");
    EXPECT_EQ(config->results.public_key, "/etc/hallmark/results-1.pem");
    EXPECT_EQ(config->proposals.lifetime, std::chrono::hours(1));
    EXPECT_EQ(config->proposals.open_per_operator, 5u);
    EXPECT_EQ(config->imports.spool, "/var/spool/hallmark");
    EXPECT_EQ(config->imports.max_octets, 4096u);
    EXPECT_EQ(config->imports.spool_octets, 8192u);
    EXPECT_EQ(config->imports.queue, 3u);
    EXPECT_EQ(config->log.file, "/etc/hallmark/log/hallmark.jsonl");
    EXPECT_EQ(config->limits.drain, std::chrono::seconds(5));
}

struct Wrong {
    const char* name;
    const char* more;  ///< Behind the smallest file, whose last line is 13.
    const char* complaint;
};
class WrongConfig : public ::testing::TestWithParam<Wrong> {};

TEST_P(WrongConfig, is_refused_with_its_line_and_key) {
    const auto config = read(std::string(smallest) + GetParam().more);
    ASSERT_FALSE(config);
    EXPECT_EQ(config.error().reason, Reason::invalid_document);
    EXPECT_THAT(config.error().detail, HasSubstr(GetParam().complaint));
}

INSTANTIATE_TEST_SUITE_P(
    All, WrongConfig,
    ::testing::Values(
        Wrong{"spool_smaller_than_one_document",
              "[imports]\nmax_octets = 4096\nspool_octets = 2048\n",
              "imports.spool_octets must hold one of max_octets"},
        Wrong{"unknown_table", "[challange]\nlifetime_s = 1\n", "line 14: unknown key challange"},
        Wrong{"unknown_key", "[workers]\nseets = 1\n", "line 15: unknown key workers.seets"},
        Wrong{"unknown_door", "[doors.back]\nport = 1\n", "unknown key doors.back"},
        Wrong{"a_list_for_ever", "[evidence]\nandroid_status_max_age_s = 99999999\n",
              "line 15: evidence.android_status_max_age_s must be between"},
        Wrong{"type", "[workers]\nseats = \"8\"\n",
              "line 15: workers.seats must be a whole number"},
        Wrong{"too_long", "[challenge]\nlifetime_s = 121\n",
              "line 15: challenge.lifetime_s must be between 1 and 120"},
        Wrong{"negative", "[workers]\nseats = -1\n", "line 15: workers.seats must be between"},
        Wrong{"port", "[doors.ops]\nport = 65536\n",
              "line 15: doors.ops.port must be between 0 and 65535"},
        Wrong{"list", "[doors.ops]\nhosts = [1]\n",
              "line 15: doors.ops.hosts must be a list of strings"},
        Wrong{"tls_on_http", "[doors.public]\ncertificate = \"a\"\n",
              "line 15: unknown key doors.public.certificate"},
        Wrong{"results_without_their_public_key", "[results]\nkey = \"pkcs11:object=a\"\n",
              "results.key and results.public_key come together"},
        Wrong{"results_without_their_key", "[results]\npublic_key = \"a.pem\"\n",
              "results.key and results.public_key come together"},
        Wrong{"half_door", "[doors.field]\ncertificate = \"a\"\n", "doors.field.key is missing"},
        Wrong{"syntax", "[workers\n", "line 14: "},
        Wrong{"twice", "[workers]\nseats = 1\nseats = 2\n", "line 16: "},
        Wrong{"stale_crl", "[crl]\ninterval_s = 100\nvalidity_s = 100\n",
              "crl.validity_s must exceed"},
        Wrong{"unknown_syntax", "[evidence]\ncsr_attribute_syntax = \"2024\"\n",
              "evidence.csr_attribute_syntax must be \"2026\" or \"2025\""},
        Wrong{"syntax_as_a_number", "[evidence]\ncsr_attribute_syntax = 2026\n",
              "line 15: evidence.csr_attribute_syntax must be a string"},
        Wrong{"unknown_rule", "[evidence]\ncsr_syntax = \"2026\"\n",
              "line 15: unknown key evidence.csr_syntax"},
        Wrong{"level", "[log]\nlevel = \"loud\"\n", "log.level must be"},
        Wrong{"no_table", "[hsm.environment]\nA = 1\n", "hsm.environment.A must be a string"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Config, tells_what_is_missing) {
    const auto config = read("[database]\nconnections = 3\n");
    ASSERT_FALSE(config);
    EXPECT_THAT(config.error().detail, HasSubstr("database.conninfo is missing"));
}

TEST(Config, is_read_from_its_file_and_names_it_when_it_cannot_be) {
    const testing::TempDir folder;
    const auto file = folder.path() / "hallmark.toml";
    std::ofstream(file) << smallest;
    const auto config = load_config(file);
    ASSERT_TRUE(config) << config.error().detail;
    EXPECT_EQ(config->hsm.pin_file, (folder.path() / "secrets/pin").string());
    const auto none = load_config(folder.path() / "none.toml");
    ASSERT_FALSE(none);
    EXPECT_THAT(none.error().detail, HasSubstr("none.toml: cannot be read"));
}

}  // namespace
}  // namespace hallmark
