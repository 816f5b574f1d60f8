// A house whose operator works by the real commands: what they print, and with which status they
// end.
#pragma once

#include "server/command_line.h"
#include "tests/e2e/house_fixture.h"

namespace hallmark::testing {

struct Ended {
    int status = 0;
    std::string out;
    std::string err;
};

class LedgerHouseTest : public HouseTest {
protected:
    /// As the operator with this badge.
    Ended run(const Badge& by, std::vector<std::string> words) {
        const ClientOptions at = caller("office", by);
        words.insert(words.begin(), "hallmark");
        words.insert(words.end(), {"--url", at.url, "--ca", at.ca_file, "--credential",
                                   at.credential_file, "--key", at.key_file});
        std::vector<char*> arguments;
        for (std::string& word : words)
            arguments.push_back(word.data());
        ::testing::internal::CaptureStdout();
        ::testing::internal::CaptureStderr();
        Ended ended;
        ended.status =
            run_command_line(static_cast<int>(arguments.size()), arguments.data(), clock);
        ended.out = ::testing::internal::GetCapturedStdout();
        ended.err = ::testing::internal::GetCapturedStderr();
        return ended;
    }
    Ended run(std::vector<std::string> words) { return run(ground.ada, std::move(words)); }

    /// The report of a lot as machines read it.
    boost::json::object report_of(const std::string& lot, int status = 0) {
        const Ended ended = run({"--json", "lot", "report", lot});
        EXPECT_EQ(ended.status, status) << ended.out << ended.err;
        return boost::json::parse(ended.out).as_object();
    }
    /// Around every law, as nobody but the owner of the database could.
    void go_around(const std::string& sql) {
        owner.transact([&](Tx& tx) {
            for (const std::string act : {"DISABLE", "ENABLE"}) {
                for (const std::string table :
                     {"element", "credential", "installation", "manifest", "stock_count"})
                    tx.raw().exec("ALTER TABLE " + table + " " + act + " TRIGGER USER");
                if (act == "DISABLE") tx.raw().exec(sql);
            }
        });
    }
    [[nodiscard]] long events(const std::string& type) {
        return ask<long>("SELECT count(*) FROM event WHERE type = '" + type + "'");
    }
    [[nodiscard]] std::string last_detail(const std::string& type) {
        return ask<std::string>("SELECT body::json->'facts'->>'detail' FROM event WHERE type = '" +
                                type + "' ORDER BY number DESC LIMIT 1");
    }
};

}  // namespace hallmark::testing
