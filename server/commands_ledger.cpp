#include "server/ledger_commands.h"
#include "server/office_words.h"

#include <iostream>
#include <memory>

namespace hallmark {
namespace {

void add_hand_over_words(CLI::App& lot, const OfficeWords& words, const Clock& clock) {
    struct Given {
        HandOverOrder order;
        std::string document;
    };
    const auto given = std::make_shared<Given>();
    CLI::App* hand = words.deed(
        lot, "hand-over",
        "Signs the next entry of a lot's chain, or brings one that a party signed",
        [given, &clock](const OfficeAccess& access) {
            if (!given->document.empty()) {
                return hand_over_document(access, given->order.lot, given->document, std::cout,
                                          std::cerr);
            }
            if (given->order.kind.empty() || given->order.to.empty() || given->order.units == 0) {
                std::cerr << "hallmark: --kind, --units and --to are needed, or --document\n";
                return 2;
            }
            return hand_over(access, given->order, clock.now(), std::cout, std::cerr);
        });
    hand->add_option("lot", given->order.lot, "Lot")->required();
    hand->add_option("--kind", given->order.kind, "receiving, line, scrap or return")
        ->check(CLI::IsMember({"receiving", "line", "scrap", "return"}));
    hand->add_option("--units", given->order.units, "How many");
    hand->add_option("--to", given->order.to, "Whom they go to");
    hand->add_option("--from", given->order.from, "Who gives; whoever holds the lot if not said");
    hand->add_option("--site", given->order.site, "Where: of receiving and line");
    hand->add_option("--element", given->order.elements, "uniqueId: of scrap and return");
    hand->add_option("--document", given->document, "An entry as its party signed it");

    const auto shown = std::make_shared<std::string>();
    words
        .word(lot, "hand-overs", "A lot's chain with the digest of each entry",
              [shown] { return look_at("/v1/lots/" + segment(*shown) + "/hand-overs"); })
        ->add_option("lot", *shown, "Lot")
        ->required();
}

void add_lot_ledger_words(CLI::App& lot, const OfficeWords& words) {
    struct Count {
        std::string lot;
        std::uint64_t units = 0;
    };
    const auto counted = std::make_shared<Count>();
    CLI::App* count = words.word(lot, "count", "Notes how many unused units of a lot were found",
                                 [counted] { return count_lot(counted->lot, counted->units); });
    count->add_option("lot", counted->lot, "Lot")->required();
    count->add_option("--units", counted->units, "Found")->required();

    struct Shown {
        std::string lot, file;
    };
    const auto shown = std::make_shared<Shown>();
    CLI::App* report = words.deed(
        lot, "report", "Where all of a lot is; ends with 3 where that does not balance",
        [shown](const OfficeAccess& access) {
            if (!shown->file.empty())
                return save_signed_report(access, shown->lot, shown->file, std::cout, std::cerr);
            return show_report(access, "/v1/lots/" + segment(shown->lot) + "/report", std::cout,
                               std::cerr);
        });
    report->add_option("lot", shown->lot, "Lot")->required();
    report->add_option("--signed", shown->file, "Writes the report as the server signs it (JWS)");
}

void add_shift_options(CLI::App& command, ShiftAsked& shift) {
    command.add_option("--from", shift.from, "RFC 3339")->required();
    command.add_option("--to", shift.to, "RFC 3339, not included")->required();
}

void add_shift_words(CLI::App& app, const OfficeWords& words) {
    struct Station {
        std::string id;
        ShiftAsked shift;
    };
    const auto of_station = std::make_shared<Station>();
    CLI::App* station = words.deed(
        *words.group(app, "station", "Provisioning stations"), "report",
        "What a station took in hand in a shift; ends with 3 where that does not balance",
        [of_station](const OfficeAccess& access) {
            return show_report(access, station_report(of_station->id, of_station->shift), std::cout,
                               std::cerr);
        });
    station->add_option("id", of_station->id, "Station")->required();
    add_shift_options(*station, of_station->shift);

    struct Line {
        std::string site, line;
        ShiftAsked shift;
    };
    const auto of_line = std::make_shared<Line>();
    CLI::App* line = words.deed(
        *words.group(app, "line", "Lines of a site"), "report",
        "What all stations of a line took in hand in a shift; ends with 3 where that does not "
        "balance",
        [of_line](const OfficeAccess& access) {
            return show_report(access, line_report(of_line->site, of_line->line, of_line->shift),
                               std::cout, std::cerr);
        });
    line->add_option("site", of_line->site, "Site")->required();
    line->add_option("line", of_line->line, "Line")->required();
    add_shift_options(*line, of_line->shift);
}

}  // namespace

void add_ledger_commands(CLI::App& app, CommandContext& context) {
    const OfficeWords words(context);
    CLI::App* lot = words.group(app, "lot", "Lots of elements");
    add_hand_over_words(*lot, words, context.clock);
    add_lot_ledger_words(*lot, words);
    add_shift_words(app, words);
}

}  // namespace hallmark
