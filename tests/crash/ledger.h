// What the database says, asked as its owner over a connection of the moment, held against what the
// key signed and what the clients received.
#pragma once

#include "db/columns.h"
#include "db/database.h"
#include "tests/crash/device.h"

#include <fstream>
#include <set>
#include <string>

#include <gtest/gtest.h>
#include <pqxx/pqxx>

namespace hallmark::testing {

/// The lines of the file that are whole: a digest is written before the signature is made.
inline std::vector<std::string> signed_digests(const std::string& file) {
    const std::string text = text_of(file);
    std::vector<std::string> digests;
    std::size_t begin = 0;
    for (auto end = text.find('\n'); end != std::string::npos; end = text.find('\n', begin)) {
        digests.push_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return digests;
}

class Ledger {
public:
    explicit Ledger(std::string conninfo) : conninfo_(std::move(conninfo)) {}

    template <typename T, typename... Arguments>
    [[nodiscard]] T ask(const std::string& sql, const Arguments&... arguments) const {
        Database database({.conninfo = conninfo_, .connections = 1});
        return database.transact(
            [&](Tx& tx) { return tx.raw().exec_params1(sql, arguments...)[0].template as<T>(); });
    }

    /// For each digest a row that says what was to be signed.
    void expect_intent_of_each(const std::vector<std::string>& digests) const {
        std::string array;
        for (const std::string& digest : digests)
            array += (array.empty() ? "" : ",") + digest;
        EXPECT_EQ(ask<std::string>(R"sql(
                      SELECT COALESCE(string_agg(given, ' '), '')
                      FROM unnest($1::text[]) given
                      LEFT JOIN intent i ON i.tbs_sha256 = decode(given, 'hex')
                      LEFT JOIN crl_intent c ON c.tbs_sha256 = decode(given, 'hex')
                      WHERE i.serial IS NULL AND c.number IS NULL
                  )sql",
                                   "{" + array + "}"),
                  "")
            << "signed without an intent";
    }

    void expect_recorded(std::deque<Device>& devices) const {
        Database database({.conninfo = conninfo_, .connections = 1});
        std::set<Bytes> serials;
        for (const Device& device : devices) {
            std::size_t received = 0;
            for (const SentRequest& request : device.sent()) {
                if (!request.certificate) continue;
                ++received;
                const Bytes serial = parse_certificate(*request.certificate).value().serial;
                EXPECT_TRUE(serials.insert(serial).second) << to_hex(serial) << " came twice";
                EXPECT_TRUE(is_recorded(database, serial, *request.certificate)) << to_hex(serial);
            }
            EXPECT_LE(received, 1u) << "certificates of one device";
        }
    }

    /// Issued with its certificate, burnt without one.
    void expect_settled_ones_whole() const {
        EXPECT_EQ(count("SELECT count(*) FROM credential c WHERE state IN ('issued', 'active') AND "
                        "NOT EXISTS (SELECT FROM credential_body b WHERE b.serial = c.serial)"),
                  0);
        EXPECT_EQ(count("SELECT count(*) FROM credential c JOIN credential_body b USING (serial) "
                        "WHERE c.state = 'burnt'"),
                  0);
    }
    void expect_each_serial_once() const {
        EXPECT_EQ(count("SELECT count(*) - count(DISTINCT serial) FROM intent"), 0);
        EXPECT_EQ(count("SELECT count(*) - count(DISTINCT tbs_sha256) FROM intent"), 0);
        EXPECT_EQ(count("SELECT (SELECT count(*) FROM credential) - (SELECT count(*) FROM intent)"),
                  0);
        EXPECT_EQ(count("SELECT count(*) FROM (SELECT FROM credential WHERE state <> 'burnt' "
                        "GROUP BY element HAVING count(*) > 1) twice"),
                  0);
    }
    [[nodiscard]] long count(const std::string& sql) const { return ask<long>(sql); }
    [[nodiscard]] long unsettled() const {
        return count("SELECT count(*) FROM credential WHERE state = 'reserved'");
    }
    [[nodiscard]] long intents() const { return count("SELECT count(*) FROM intent"); }
    [[nodiscard]] long burnt() const {
        return count("SELECT count(*) FROM credential WHERE state = 'burnt'");
    }
    /// A signature of it may exist, so the latest list must name it.
    [[nodiscard]] long burnt_and_not_listed() const {
        return count(
            "SELECT count(*) FROM credential c WHERE state = 'burnt' AND position(serial IN "
            "(SELECT der FROM crl l WHERE l.intermediate = c.intermediate "
            "ORDER BY number DESC LIMIT 1)) = 0");
    }

private:
    static bool is_recorded(Database& database, const Bytes& serial, const Bytes& certificate) {
        return database.transact([&](Tx& tx) {
            return tx.raw()
                .exec_params1(
                    "SELECT EXISTS (SELECT FROM credential_body b JOIN credential c USING (serial) "
                    "WHERE serial = $1 AND certificate = $2 AND c.state IN ('issued', 'active'))",
                    bytea(serial), bytea(certificate))[0]
                .as<bool>();
        });
    }

    std::string conninfo_;
};

}  // namespace hallmark::testing
